# shellcheck shell=bash
# Sourced by the other scripts: finds a working container engine, or why there is none.

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$*"; exit 1; }

# works ENGINE: whether it is installed and responds; else adds a line to why_not.
why_not=
works() {
	local said
	command -v "$1" >/dev/null || { why_not+="  $1: not installed"$'\n'; return 1; }
	if [ "$1" = docker ] && docker --version 2>/dev/null | grep -qi podman; then
		why_not+="  docker: it is podman under another name"$'\n'
		return 1
	fi
	said=$("$1" info 2>&1 >/dev/null) && return 0
	case $said in
	*[Pp]ermission\ denied*)
		if [ "$1" = docker ]; then
			why_not+="  docker: no permission to use its daemon; join the group docker (sudo usermod -aG docker $(id -un), then log in again), or use podman"$'\n'
		else
			why_not+="  $1: no permission: ${said##*$'\n'}"$'\n'
		fi ;;
	*onnect*daemon* | *daemon*running*)
		why_not+="  $1: its daemon is not running; start it (sudo systemctl start $1)"$'\n' ;;
	*) why_not+="  $1: ${said##*$'\n'}"$'\n' ;;
	esac
	return 1
}

# find_engine: sets engine to BCL_ENGINE, else to the first one that works.
find_engine() {
	local e
	for e in ${BCL_ENGINE:-docker podman buildah}; do
		if works "$e"; then
			engine=$e
			return 0
		fi
	done
	return 1
}

# has_gpu: whether the host has an NVIDIA driver (/dev/dxg: WSL 2 with a GPU).
has_gpu() { [ -e /proc/driver/nvidia/version ] || [ -e /dev/nvidiactl ] || { [ -e /dev/dxg ] && command -v nvidia-smi >/dev/null; }; }

# storage: the folder in which the engine keeps images, if it reports one.
storage() {
	case $engine in
	docker) docker info -f '{{.DockerRootDir}}' ;;
	podman) podman info -f '{{.Store.GraphRoot}}' ;;
	buildah) buildah info --format '{{index .store "GraphRoot"}}' ;;
	esac
}

# need_disk GB: fails if the engine's storage has less space.
need_disk() {
	local dir free prune="$engine system prune"
	[ "$engine" != buildah ] || prune='buildah rmi --prune'
	dir=$(storage 2>/dev/null) || return 0
	[ -d "$dir" ] || return 0 # another machine's
	free=$(df -Pk "$dir" | awk 'NR == 2 {print int($4 / 1000000)}')
	[ "$free" -ge "$1" ] || die "$dir: $free GB free, and building takes up to $1 GB while it runs; '$prune' frees unused data, or move the engine's storage"
}
