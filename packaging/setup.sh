# Sourced by run.sh and test.sh: a Python, its .venv, and the system libraries they need.
# Says what it installs; installs nothing twice.

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
venv=$root/.venv

say() { printf '%s\n' "$*" >&2; }

# The libraries that Qt's xcb and offscreen platforms load at run time.
qt_packages="libegl1 libgl1 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libglib2.0-0
libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0
libxcb-shape0 libxcb-xinerama0 libxcb-xkb1 fonts-dejavu-core"

missing_packages() {
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || printf '%s ' "$package"
    done
}

# install_packages NAME...: through apt-get when that is possible, otherwise names them.
install_packages() {
    command -v dpkg-query >/dev/null 2>&1 || return 0 # not Debian: whatever pip brings must do
    wanted=$(missing_packages "$@")
    [ -z "$wanted" ] && return 0
    if [ "$(id -u)" = 0 ]; then as_root=""; elif sudo -n true 2>/dev/null; then as_root="sudo"; else
        say "These system packages are missing; install them with:  sudo apt-get install $wanted"
        return 0
    fi
    say "Installing system packages: $wanted"
    $as_root apt-get update -qq >&2
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq $wanted >/dev/null
}

find_python() {
    for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && {
            printf '%s' "$name"
            return 0
        }
    done
    install_packages python3 >&2
    python3 -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && printf python3
}

# make_venv EXTRA: .venv with the program (editable) and the extra; fast when nothing changed.
make_venv() {
    extra=$1
    stamp=$venv/.installed-$extra
    wanted=$(cksum <"$root/pyproject.toml")
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && return 0
    python=$(find_python) || {
        say "tfinspector needs Python 3.11, 3.12 or 3.13; none was found. Install one, or set PYTHON=/path/to/python3."
        exit 2
    }
    if ! [ -x "$venv/bin/pip" ]; then
        say "Making .venv with $($python --version) ..."
        "$python" -c 'import ensurepip' 2>/dev/null || install_packages python3-venv
        "$python" -m venv "$venv"
        "$venv/bin/python" -m pip install -q --upgrade pip >&2
    fi
    say "Installing tfinspector and what it needs (TensorFlow and Qt take a minute or two) ..."
    if [ "$extra" = run ]; then target=$root; else target="$root[$extra]"; fi
    "$venv/bin/python" -m pip install -q -e "$target" >&2
    printf '%s' "$wanted" >"$stamp"
}
