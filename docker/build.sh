#!/usr/bin/env bash
# build.sh [cpu|cuda] [engine's flags]: builds the image bcl:cpu or bcl:cuda of this
# checkout with docker, podman or buildah, whichever works (or BCL_ENGINE), and puts
# launchers ./bcl-* into the checkout. Default: cuda if there is an NVIDIA driver, else
# cpu. See docs/docker.md.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
# shellcheck source=docker/engine.sh
. docker/engine.sh

target=${1:-}
if [ -z "$target" ]; then
	if has_gpu; then target=cuda; else target=cpu; fi
fi
case $target in
cpu) room=6 ;;
cuda) room=25 ;;
*) say "target $target, expected cpu or cuda"; exit 2 ;;
esac
shift || true

find_engine || die "no container engine works:
${why_not}install one (Debian, Ubuntu: apt-get install podman), or build natively: make build"
need_disk "$room"

version=$(docker/version)
created=$(git log -1 --format=%cI 2>/dev/null) || created=
args=(--target "$target" --file docker/Dockerfile --tag "bcl:$target"
	--build-arg "VERSION=$version" --build-arg "CREATED=$created")
[ -z "${BCL_BASE:-}" ] || args+=(--build-arg "BASE=$BCL_BASE")
# libtorch's wheels exist only for x86-64.
[ "$(uname -m)" = x86_64 ] || args+=(--platform linux/amd64)
# Mirrors and proxies in this machine's environment are used by the build too.
for name in GOPROXY GOSUMDB GONOSUMDB PIP_INDEX_URL PIP_EXTRA_INDEX_URL \
	http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
	[ -z "${!name:-}" ] || args+=(--build-arg "$name=${!name}")
done
# So are its certificates, behind a proxy that has its own.
certs=${BCL_CERTS:-${SSL_CERT_FILE:-${PIP_CERT:-}}}
if [ -n "$certs" ]; then
	args+=(--secret "id=certs,src=$certs"
		--build-arg SSL_CERT_FILE=/run/secrets/certs --build-arg PIP_CERT=/run/secrets/certs)
fi
say "building bcl:$target of $version with $engine"
case $engine in
docker) DOCKER_BUILDKIT=1 docker build "${args[@]}" "$@" . >&2 ;;
*) "$engine" build --layers --format docker "${args[@]}" "$@" . >&2 ;;
esac

# A launcher contains its image and the engine that has it. It replaces the one of "make
# build", in full or not at all. bcl is the name of a folder here, so its launcher is in bin.
mkdir -p bin
for dir in cmd/bcl*/; do
	name=$(basename "$dir")
	if [ "$name" = bcl ]; then name=bin/bcl; fi
	tmp=$(mktemp "$(dirname "$name")/.$(basename "$name").XXXXXX")
	sed -e "s/^image=bcl:cpu$/image=bcl:$target/" -e "s/^engine=docker$/engine=$engine/" docker/launcher >"$tmp"
	chmod 755 "$tmp"
	mv -f "$tmp" "$name"
done
say "bcl:$target is built; ./bcl-train --version"
