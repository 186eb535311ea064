package doctor

import (
	"fmt"
	"strconv"
	"strings"
)

const gib = 1 << 30

// look judges the facts. It is pure.
func look(f facts) (list []Finding) {
	add := func(what string, state State, found, advice string) {
		list = append(list, Finding{what, state, found, advice})
	}
	add("bcl", OK, f.version+", "+f.home, "")
	if len(f.missing) > 0 {
		add("programs", Broken, "not in "+f.bin+": "+strings.Join(f.missing, ", "), "make build")
	} else {
		add("programs", OK, f.bin, "")
	}
	list = append(list, libtorch(f))
	if f.programErr == nil {
		list = append(list, gpu(f))
		if strings.Contains(f.program.JPEG, "image/jpeg") {
			add("JPEG", Note, "decoded by Go's image/jpeg: half as fast, and up to 3 grey levels from Pillow", "install libjpeg-dev and build without the tag nolibjpeg")
		} else {
			add("JPEG", OK, f.program.JPEG, "")
		}
	}
	list = append(list, processor(f), memory(f))
	if f.openFiles > 0 && f.openFiles < 256 {
		add("files", Note, fmt.Sprintf("at most %d may be open at once", f.openFiles), "ulimit -n 1024")
	}
	for _, d := range f.disks {
		list = append(list, space(d))
	}
	return list
}

// libtorch says whether it can be loaded. The loader names the library that is not there.
func libtorch(f facts) Finding {
	x := Finding{What: "libtorch", State: OK, Found: f.program.Libtorch}
	if f.programErr == nil {
		return x
	}
	x.State, x.Found, x.Advice = Broken, f.programErr.Error(), "make setup && make build"
	if strings.Contains(x.Found, "cannot open shared object file") {
		x.Advice = "make setup fetches libtorch, or LIBTORCH=DIR make setup links yours; then make build"
	}
	if strings.Contains(x.Found, "permission") || strings.Contains(x.Found, "Permission") {
		x.Advice = "this user cannot read libtorch: BCL_CACHE=DIR make setup puts it where all can"
	}
	return x
}

// gpu says whether one can be used, and what keeps it from that.
func gpu(f facts) Finding {
	x := Finding{What: "GPU", State: OK}
	if n := len(f.program.GPUs); n > 0 {
		var names []string
		old := false
		for _, g := range f.program.GPUs {
			names = append(names, fmt.Sprintf("%s (%d.%d)", g.Name, g.Major, g.Minor))
			old = old || g.Major*10+g.Minor < 75
		}
		x.Found = strings.Join(names, ", ") + ", driver " + f.driver
		if old {
			x.State, x.Advice = Note, "libtorch's CUDA 13 needs compute capability 7.5 or more: --device cpu, or another GPU"
		}
		return x
	}
	x.Found = "none can be used: " + f.program.NoCUDA
	switch {
	case f.driver == "" && !f.device:
		x.Found = "no NVIDIA driver: the CPU is used"
	case !f.cudaHalf:
		x.State, x.Advice = Note, "BCL_CUDA=1 make build fetches CUDA's libraries; in a container: make docker TARGET=cuda"
	case f.driver != "" && !f.device:
		x.State, x.Advice = Note, "the driver is there but no device: start the container with --gpus all (docker) or --device nvidia.com/gpu=all (podman)"
	case below(f.driver, 580):
		x.State, x.Advice = Note, "driver "+f.driver+" is older than CUDA 13 needs: install 580 or newer"
	default:
		x.State, x.Advice = Note, "nvidia-smi must list a GPU, and CUDA_VISIBLE_DEVICES must not hide it"
	}
	return x
}

// below reports whether a driver's version is known and below a number.
func below(version string, least int) bool {
	major, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(major)
	return err == nil && n < least
}

func processor(f facts) Finding {
	x := Finding{What: "processor", State: OK, Found: fmt.Sprintf("%d cores", f.cores)}
	if f.program.Threads > 0 {
		x.Found += fmt.Sprintf(", %d threads by default", f.program.Threads)
	}
	switch {
	case f.cpus > 0 && f.cpus < float64(f.cores):
		n := max(1, int(f.cpus))
		x.State, x.Found = Note, x.Found+fmt.Sprintf(", of which the container may use %.4g", f.cpus)
		x.Advice = fmt.Sprintf("--threads %d --num-workers %d", n, n)
	case f.program.Threads > f.cores:
		x.State, x.Advice = Note, fmt.Sprintf("more threads than cores are slower: --threads %d, or unset OMP_NUM_THREADS", f.cores)
	case f.ompThreads != "" && f.program.Threads < f.cores:
		x.State, x.Advice = Note, "OMP_NUM_THREADS="+f.ompThreads+" leaves cores idle; --threads overrides it"
	case !f.avx2:
		x.State, x.Advice = Note, "without AVX2 views are made five times slower: more --num-workers help"
	}
	return x
}

func memory(f facts) Finding {
	x := Finding{What: "memory", State: OK, Found: fmt.Sprintf("%.1f GiB may be used, %.1f are free", float64(f.memory)/gib, float64(f.available)/gib)}
	switch {
	case f.memory == 0:
		x.State, x.Found, x.Advice = Note, "how much there is is not known", "--image-cache sets how much images may take"
	case f.memory < gib:
		x.State, x.Advice = Broken, "libtorch alone takes 0.5 GiB: raise the limit of the container (docker run --memory 4g)"
	case f.available < 2*gib:
		x.State, x.Advice = Note, "smaller --batch-size and --image-cache 0 need less; bcl-train --dry-run measures it"
	}
	return x
}

func space(d disk) Finding {
	x := Finding{What: d.what, State: OK, Found: fmt.Sprintf("%s: %.1f GiB free", d.dir, float64(d.free)/gib)}
	switch {
	case d.err != nil && d.optional:
		x.State, x.Found = Note, d.dir+": "+d.err.Error()
		x.Advice = "BCL_CACHE=DIR names another folder for what make fetches"
	case d.err != nil:
		x.State, x.Found = Broken, d.dir+": "+d.err.Error()
		x.Advice = "cd to a folder that can be written, or --save-dir DIR"
	case d.free < 100<<20 && !d.optional:
		x.State, x.Advice = Broken, "free some space, or --save-dir DIR: a checkpoint of ResNet-50 takes 0.3 GB, and three are kept"
	case d.free < gib:
		x.State, x.Advice = Note, "free some space: checkpoints take 0.1 to 0.3 GB each, libtorch 1 GB"
	}
	return x
}
