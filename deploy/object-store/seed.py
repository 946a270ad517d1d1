#!/usr/bin/env python3
"""Creates the bucket named by GPUGEEK_S3_*, and lets the service itself delete unfinished uploads. It can be run again at any time. It needs only Python 3."""
import base64, datetime, hashlib, hmac, os, sys, time, urllib.error, urllib.parse, urllib.request

# Reports all missing variables together.
missing = [name for name in ("ENDPOINT", "BUCKET", "ACCESS_KEY", "SECRET_KEY") if not os.environ.get("GPUGEEK_S3_" + name)]
if missing:
    sys.exit("Not set: " + ", ".join("GPUGEEK_S3_" + name for name in missing) + ". Use the same values as for Api and Worker.")
endpoint, bucket, access_key, secret_key = (os.environ["GPUGEEK_S3_" + name] for name in ("ENDPOINT", "BUCKET", "ACCESS_KEY", "SECRET_KEY"))
region = os.environ.get("GPUGEEK_S3_REGION") or "us-east-1"
address = urllib.parse.urlsplit(endpoint.rstrip("/"))

XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
LOCATION = f"<CreateBucketConfiguration {XMLNS}><LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
RULE = (f"<LifecycleConfiguration {XMLNS}><Rule><ID>unfinished-uploads</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status>"
        "<AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>")


def digest(data):
    return hashlib.sha256(data).hexdigest()


def send(method, query="", body=b""):
    """A request to the bucket, made again while the service is busy: status and body."""
    for wait in (1, 3, 6, 0):
        status, answer = send_once(method, query, body)
        if status not in (429, 500, 502, 503, 504) or not wait:
            return status, answer
        time.sleep(wait)


def send_once(method, query, body):
    """One request, signed by AWS Signature Version 4."""
    now = datetime.datetime.now(datetime.timezone.utc)
    day, moment = now.strftime("%Y%m%d"), now.strftime("%Y%m%dT%H%M%SZ")
    path = "/" + urllib.parse.quote(bucket)
    headers = {"content-md5": base64.b64encode(hashlib.md5(body).digest()).decode(), "host": address.netloc, "x-amz-content-sha256": digest(body), "x-amz-date": moment}
    names = ";".join(headers)
    canonical = "\n".join([method, path, query, *(f"{name}:{value}" for name, value in headers.items()), "", names, digest(body)])
    scope = f"{day}/{region}/s3/aws4_request"
    key = ("AWS4" + secret_key).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest(canonical.encode())}".encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    url = f"{address.scheme}://{address.netloc}{path}" + ("?" + query if query else "")
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body or None, headers, method=method), timeout=60) as response:
            return response.status, response.read().decode(errors="replace")
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode(errors="replace")
    except (urllib.error.URLError, OSError) as broken:
        sys.exit(f"{endpoint} cannot be reached: {broken}. Is GPUGEEK_S3_ENDPOINT right?")


status, answer = send("GET", "list-type=2&max-keys=1")
if status == 200:
    print(f"The bucket {bucket} exists.")
elif status == 404:
    status, answer = send("PUT", body=b"" if region == "us-east-1" else LOCATION.encode())
    if status != 200:
        sys.exit(f"The bucket {bucket} cannot be made (HTTP {status}): {answer}")
    print(f"The bucket {bucket} was created.")
else:
    sys.exit(f"The service does not let these keys look into {bucket} (HTTP {status}): {answer}")

# The janitor removes them too, but the rule also works without a running worker.
status, answer = send("PUT", "lifecycle=", RULE.encode())
if status in (200, 204):
    print("The service deletes unfinished uploads after 7 days.")
else:
    print(f"The service keeps no lifecycle rules (HTTP {status}): only GpuGeek's janitor deletes unfinished uploads.")
