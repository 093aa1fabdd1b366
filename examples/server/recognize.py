"""Who is in a picture: python recognize.py PICTURE [http://127.0.0.1:8420]. Needs Python 3.9 and nothing else."""
import json
import os
import sys
import urllib.error
import urllib.request

picture = sys.argv[1]
server = sys.argv[2] if len(sys.argv) > 2 else "http://127.0.0.1:8420"
headers = {"Content-Type": "application/octet-stream"}
if key := os.environ.get("ACQUAINT_KEY"):
    headers["Authorization"] = f"Bearer {key}"
with open(picture, "rb") as file:
    request = urllib.request.Request(
        f"{server}/v1/collections/default/search", data=file.read(), headers=headers, method="POST"
    )
try:
    with urllib.request.urlopen(request) as answer:
        faces = json.load(answer)["faces"]
except urllib.error.HTTPError as error:
    sys.exit(json.load(error)["detail"])
for face in faces:
    name = face["person"]["name"] if face["person"] else face["decision"]
    print(f"{name}\t{face['distance']}\t{face['box']['left']},{face['box']['top']}")
