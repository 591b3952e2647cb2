"""Serves S3 on port 8333 with the bucket that S3_BUCKET names; a second one, /healthz, answers who asks for its health.

What the bucket holds is written to /data at the end, and read from there at the next start.
"""

import os
import pickle
import signal
from pathlib import Path

import boto3
from moto.server import ThreadedMotoServer

BUCKET = os.environ["S3_BUCKET"]
KEPT = Path("/data/objects")

# What arrives before `sigwait` waits for it.
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
server = ThreadedMotoServer(ip_address="0.0.0.0", port=8333)
server.start()
client = boto3.client(
    "s3",
    endpoint_url="http://127.0.0.1:8333",
    region_name="us-east-1",
    aws_access_key_id="any",
    aws_secret_access_key="any",
)
client.create_bucket(Bucket=BUCKET)
if KEPT.exists():
    for key, body in pickle.loads(KEPT.read_bytes()).items():
        client.put_object(Bucket=BUCKET, Key=key, Body=body)
client.create_bucket(Bucket="healthz")

signal.sigwait([signal.SIGTERM])
listed = [
    found["Key"]
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    for found in page.get("Contents", [])
]
KEPT.write_bytes(pickle.dumps({key: client.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in listed}))
os._exit(0)
