"""Saves the objects of the server's bucket as one file, and puts them back, through S3 and not through the store's own files.

Usage: python -m mlflow_bucket save > objects.tar.gz
       python -m mlflow_bucket restore < objects.tar.gz

The bucket, its prefix, its address and its keys are those that the server itself has. A restore replaces objects of the
same name, leaves others, and fails when the file was cut off or changed.
"""

import gzip
import os
import sys
import tarfile
import zlib
from types import SimpleNamespace
from urllib.parse import urlsplit

import boto3
from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

BLOCK = 1 << 20
# Last in a file that holds all: one whose saving failed ends as a whole archive does.
END = ".saved-whole"


def main() -> None:
    commands = {"save": save, "restore": restore}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit("usage: python -m mlflow_bucket save|restore")
    destination = os.environ.get("MLFLOW_ARTIFACTS_DESTINATION", "")
    where = urlsplit(destination)
    if where.scheme != "s3":
        sys.exit(f"mlflow_bucket: MLFLOW_ARTIFACTS_DESTINATION must be s3://BUCKET/PREFIX, not {destination or 'empty'}")
    prefix = where.path.strip("/")
    client = boto3.client("s3", endpoint_url=os.environ.get("MLFLOW_S3_ENDPOINT_URL") or None)
    try:
        count, size = commands[sys.argv[1]](client, where.netloc, f"{prefix}/" if prefix else "")
    except (Boto3Error, BotoCoreError, ClientError) as error:
        sys.exit(f"mlflow_bucket: {destination}: {error}")
    print(f"{count} objects, {size} bytes", file=sys.stderr)


def save(client, bucket: str, prefix: str) -> tuple[int, int]:
    count = size = 0
    with gzip.open(sys.stdout.buffer, "wb") as stream, tarfile.open(fileobj=stream, mode="w|") as archive:
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for listed in page.get("Contents", []):
                found = client.get_object(Bucket=bucket, Key=listed["Key"])
                # Under the prefix, so that they can be restored under another one.
                member = tarfile.TarInfo(listed["Key"].removeprefix(prefix))
                member.size = found["ContentLength"]
                member.mtime = int(found["LastModified"].timestamp())
                archive.addfile(member, found["Body"])
                count, size = count + 1, size + member.size
        archive.addfile(tarfile.TarInfo(END))
    return count, size


def restore(client, bucket: str, prefix: str) -> tuple[int, int]:
    count = size = 0
    whole = False
    try:
        with gzip.open(sys.stdin.buffer) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                if member.name == END:
                    whole = True
                    continue
                content = archive.extractfile(member)
                # Without `seek`, which an archive that is read as a stream has not.
                client.upload_fileobj(SimpleNamespace(read=content.read), bucket, prefix + member.name)
                count, size = count + 1, size + member.size
            # The sum at the end of the file is compared when all of it was read.
            while stream.read(BLOCK):
                pass
    except (EOFError, gzip.BadGzipFile, tarfile.ReadError, zlib.error) as error:
        sys.exit(f"mlflow_bucket: the file is not whole, after {count} objects that were restored: {error}")
    if not whole:
        sys.exit(f"mlflow_bucket: the file is not whole: its saving ended after {count} objects, which were restored")
    return count, size


main()
