#!/usr/bin/env bash
# Makes .nisus/torch/.venv with the pinned packages of bench/torch/requirements.txt and prints its Python.
# Done once: a later run with the same requirements returns at once. Needs Python 3.10 or newer with venv, a package
# index (PyPI, or what pip is configured with) and, on Linux, some 6 GB of disk: PyPI's wheel of torch carries CUDA.
# To save that, point pip at PyTorch's CPU wheels: PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
folder="$root/.nisus/torch"
python="$folder/.venv/bin/python"
stamp="$folder/requirements.installed"

if [ -x "$python" ] && cmp -s "$here/requirements.txt" "$stamp"; then
  echo "$python"
  exit 0
fi

base=""
for candidate in "${PYTHON:-}" python3 python; do
  if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 \
    && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
    base="$candidate"
    break
  fi
done
if [ -z "$base" ]; then
  echo "bench/torch/setup.sh: no Python 3.10 or newer on PATH; install one, or name it in PYTHON" >&2
  exit 69
fi

mkdir -p "$folder"
rm -f "$stamp"
if ! "$base" -m venv --clear "$folder/.venv" >&2; then
  echo "bench/torch/setup.sh: $base cannot make a virtual environment; on Debian: apt install python3-venv" >&2
  exit 69
fi
echo "bench/torch/setup.sh: installing PyTorch into .nisus/torch/.venv, once" >&2
if ! "$python" -m pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt" >&2; then
  echo "bench/torch/setup.sh: pip could not install bench/torch/requirements.txt (the lines above say why)" >&2
  exit 69
fi
cp "$here/requirements.txt" "$stamp"
echo "$python"
