#!/bin/sh
# One command: set up what is missing and open the window on PATH... (or on the demo run).
# With no display it draws the pages to PNG files and says where they are.
set -eu
. "$(dirname -- "$0")/setup.sh"

# shellcheck disable=SC2086
install_packages $qt_packages
make_venv run
program=$venv/bin/tfinspector

if [ $# = 0 ]; then
    say "Making the demo run, if there is none yet ..."
    set -- "$("$program" demo)"
fi

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    say "Opening the window. Next time:  $program PATH..."
    exec "$program" "$@"
fi
say "There is no display, so the pages are drawn to files instead."
"$program" shots "$@" -o "$root/shots"
say "Look at them in $root/shots. On a machine with a screen this command opens the window."
example=$1
[ -d "$1/run" ] && example=$1/run # the demo's folder holds several things
say "Without a screen every view has a command:  $program list $example   (see $program --help)"
