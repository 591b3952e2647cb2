"""Serves S3 on port 8333 with the bucket that S3_BUCKET names; a second one, /healthz, answers who asks for its health."""

import os
import signal

import boto3
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="0.0.0.0", port=8333)
server.start()
client = boto3.client(
    "s3",
    endpoint_url="http://127.0.0.1:8333",
    region_name="us-east-1",
    aws_access_key_id="any",
    aws_secret_access_key="any",
)
for bucket in (os.environ["S3_BUCKET"], "healthz"):
    client.create_bucket(Bucket=bucket)
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
signal.pause()
