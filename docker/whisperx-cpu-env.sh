#!/bin/sh
# Makes the environment in which the tests of WhisperX run: docker/whisperx-cpu-env.sh FOLDER. Does nothing when the
# folder holds it already. 2.4 GB instead of the 7.6 GB that a GPU needs; see requirements-whisperx-cpu.txt.
set -eu

folder=${1:?usage: docker/whisperx-cpu-env.sh FOLDER}
requirements=$(dirname "$0")/requirements-whisperx-cpu.txt
made="$folder/.made-for"
python=$(command -v python3.11 || command -v python3)

cmp -s "$requirements" "$made" && exit 0
echo "Setting up WhisperX for its tests in $folder" >&2
rm -rf "$folder"
"$python" -m venv "$folder"
pip="$folder/bin/python -m pip --disable-pip-version-check install --quiet --no-compile --only-binary=:all:"
$pip "$(grep '^torch==' "$requirements")" -c "$requirements"
$pip --no-deps -r "$requirements"
# Built for CUDA, whose libraries are not there. Without them torchaudio does the same in Python.
find "$folder" \( -name '_torchaudio*.so' -o -name 'libtorchaudio*.so' \) -delete
cp "$requirements" "$made"
