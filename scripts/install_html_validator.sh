#!/bin/sh
# Installs html-validate, which the tests of the site call, into the folder given: from the npm registry, one version,
# the last that runs on the Node.js 18 of Debian 12.
# Does nothing when it is there; needs Node.js with npm (Debian: nodejs npm).
set -eu

version=9.7.1
folder=$1
[ -f "$folder/$version" ] && exit 0

if ! command -v npm >/dev/null 2>&1; then
    if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
        echo "installing for the tests: nodejs npm"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null
    else
        echo "The tests of the site need Node.js with npm: install them, then run make test again." >&2
        exit 1
    fi
fi
rm -rf "$folder"
mkdir -p "$folder"
npm install --prefix "$folder" --no-save --no-audit --no-fund --silent "html-validate@$version"
touch "$folder/$version"
