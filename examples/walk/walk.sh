#!/usr/bin/env bash
# From a folder of pictures to a served model, in one go:
#
#     bash examples/walk/walk.sh [folder]
#
# Makes pictures, trains on them, finds the odd ones out, exports the model, serves it, asks it with curl, and loads it
# in Python where HOURGLASS_PYTHON names one that has onnxruntime. Needs bash and curl. Everything stays in the folder.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=${1:-$(mktemp -d)}
mkdir -p "$work"
cd "$work"
program="$here/../../bin/hourglass.js"
hourglass() {
  printf '\n$ hourglass %s\n' "$*"
  node "$program" "$@"
}

node "$here/images.js" .

hourglass train basic --data parts --epochs 15 --set training.batchSize=32 --threads 1 --out run
hourglass anomaly run line --out found
printf '\nthe six highest scores\n'
sort -t, -k3 -gr found/scores.csv | head -6

hourglass export run --out exported --preprocess
hourglass evaluate run

printf '\n$ hourglass serve parts=run --port 0\n'
node "$program" serve parts=run --port 0 > serve.log &
server=$!
trap 'kill "$server" 2> /dev/null || true' EXIT
for _ in $(seq 100); do
  url=$(grep -o 'http://[0-9.:]*' serve.log | head -1) && break
  sleep 0.2
done
printf '\n$ curl … %s/v1/models/parts/anomaly\n' "$url"
curl --fail --silent --show-error -H 'Content-Type: image/png' --data-binary @line/odd-0.png "$url/v1/models/parts/anomaly" | head -c 400
echo
curl --fail --silent --show-error -H 'Content-Type: image/png' -H 'Accept: image/png' \
  --data-binary @line/ring-0.png "$url/v1/models/parts/reconstruct" > reconstruction.png
kill "$server"
wait "$server"

if [ -n "${HOURGLASS_PYTHON:-}" ]; then
  printf '\n$ python\n'
  "$HOURGLASS_PYTHON" - << 'PYTHON'
import numpy, onnxruntime
session = onnxruntime.InferenceSession("exported/encoder.onnx")
[images] = session.get_inputs()
print(images.name, images.type, images.shape)
code = session.run(["code"], {"image": numpy.zeros([2, 32, 32, 1], numpy.uint8)})[0]
print("codes of two black pictures:", code.shape)
PYTHON
else
  printf '\nPython is left out: HOURGLASS_PYTHON names none\n'
fi
printf '\nall of it is in %s\n' "$work"
