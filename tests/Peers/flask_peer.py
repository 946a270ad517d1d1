"""A plain way to serve a network: Flask's own server with threads, Pillow, torchvision and PyTorch.

usage: flask_peer.py WEIGHTS.pth PORT     POST / with the bytes of a picture answers {"label": …, "probability": …}
"""
import io
import sys

import flask
import torch
import torchvision
from PIL import Image
from torchvision import transforms
from werkzeug.serving import WSGIRequestHandler

network = torchvision.models.mobilenet_v2()
network.load_state_dict(torch.load(sys.argv[1]))
network.eval()
prepare = transforms.Compose([
    transforms.Resize(256),
    transforms.CenterCrop(224),
    transforms.ToTensor(),
    transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
])
app = flask.Flask(__name__)


@app.post("/")
def predict():
    picture = Image.open(io.BytesIO(flask.request.get_data())).convert("RGB")
    with torch.no_grad():
        probabilities = network(prepare(picture).unsqueeze(0)).softmax(1)[0]
    best = int(probabilities.argmax())
    return flask.jsonify(label=best, probability=float(probabilities[best]))


# The clients keep their connections, as they do with the platform.
WSGIRequestHandler.protocol_version = "HTTP/1.1"
app.run(port=int(sys.argv[2]), threaded=True)
