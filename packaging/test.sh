#!/bin/sh
# One command: set up what is missing and run every check and every test.
# The last line printed is pytest's closing line. Arguments go to pytest.
set -eu
. "$(dirname -- "$0")/setup.sh"

# shellcheck disable=SC2086
install_packages $qt_packages xvfb xdotool imagemagick x11-utils
make_venv test
cd "$root"
bin=$venv/bin

say "Style, types and rooms ..."
"$bin/ruff" check .
"$bin/ruff" format --check .
"$bin/mypy"
"$bin/lint-imports" --no-logo

say "Speed targets, alone on the machine (ratios measured in this run) ..."
QT_QPA_PLATFORM=offscreen "$bin/python" -m pytest -m benchmark_target -q -s -p no:xdist "$@"

say "Tests, on every core. Afterwards:  sh packaging/run.sh  opens the window ..."
# One thread of linear algebra per process: threads that spin on busy cores are 25 times slower.
OPENBLAS_NUM_THREADS=1 QT_QPA_PLATFORM=offscreen "$bin/python" -m pytest -m "not benchmark_target" -n auto --dist loadfile -q "$@"
