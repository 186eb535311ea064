package bclrepro

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

const unitCommand = `exec bcl-repro small '--data=cifar10=/data/my images' --out=/data/out --methods=simclr,bcl-d --seeds=10,11`

var arrayArgs = []string{"small", "--data", "/data/my images", "--out", "/data/out", "--methods", "simclr,bcl-d", "--seeds", "10,11"}

func TestSlurm(t *testing.T) {
	code, stdout, stderr := call(append(arrayArgs, "--slurm")...)
	if code != 0 {
		t.Fatal(stderr)
	}
	want := `#!/bin/bash
#SBATCH --job-name=bcl-small
#SBATCH --array=0-7
#SBATCH --gres=gpu:1
#SBATCH --nodes=1
#SBATCH --cpus-per-task=8
#SBATCH --output=slurm-%A_%a.log
#SBATCH --signal=B:TERM@300
#SBATCH --requeue
# A task saves before its time limit ends it: submit the script again to skip finished
# units and resume interrupted ones. Afterwards the table:
#   ` + strings.TrimPrefix(unitCommand, "exec ") + ` --table
set -euo pipefail
` + unitCommand + ` --unit "$SLURM_ARRAY_TASK_ID"
`
	if stdout != want {
		t.Errorf("script\n%s\nwant\n%s", stdout, want)
	}
	script := filepath.Join(t.TempDir(), "job.sh")
	if err := os.WriteFile(script, []byte(stdout), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("bash", "-n", script).CombinedOutput(); err != nil {
		t.Errorf("bash: %v: %s", err, out)
	}
	if shellcheck, err := exec.LookPath("shellcheck"); err == nil {
		if out, err := exec.Command(shellcheck, script).CombinedOutput(); err != nil {
			t.Errorf("shellcheck: %v: %s", err, out)
		}
	}
}

func TestKubernetes(t *testing.T) {
	code, stdout, stderr := call(append(arrayArgs, "--kubernetes", "--image", "example/bcl:1", "--pvc", "lab")...)
	if code != 0 {
		t.Fatal(stderr)
	}
	var job struct {
		Kind string
		Spec struct {
			CompletionMode string `yaml:"completionMode"`
			Completions    int
			Template       struct {
				Spec struct {
					RestartPolicy string `yaml:"restartPolicy"`
					Containers    []struct {
						Image     string
						Command   []string
						Resources struct{ Limits map[string]any }
					}
					Volumes []struct {
						Claim struct {
							Name string `yaml:"claimName"`
						} `yaml:"persistentVolumeClaim"`
					}
				}
			}
		}
	}
	if err := yaml.Unmarshal([]byte(stdout), &job); err != nil {
		t.Fatalf("%v in\n%s", err, stdout)
	}
	pod := job.Spec.Template.Spec
	if job.Kind != "Job" || job.Spec.CompletionMode != "Indexed" || job.Spec.Completions != 8 || pod.RestartPolicy != "Never" || len(pod.Containers) != 1 || len(pod.Volumes) != 1 || pod.Volumes[0].Claim.Name != "lab" {
		t.Fatalf("%+v of\n%s", job, stdout)
	}
	c := pod.Containers[0]
	if want := unitCommand + ` --unit "$JOB_COMPLETION_INDEX"`; c.Image != "example/bcl:1" || len(c.Command) != 3 || c.Command[2] != want {
		t.Errorf("image %s, command %q, want %q", c.Image, c.Command, want)
	}
	if gpus, ok := c.Resources.Limits["nvidia.com/gpu"].(uint64); !ok || gpus != 1 {
		t.Errorf("limits %v", c.Resources.Limits)
	}
}

// Without --image it is the tag that docker/build.sh uses for the devices.
func TestKubernetesImage(t *testing.T) {
	for devices, want := range map[string]string{"auto": "bcl:cuda", "cuda:0": "bcl:cuda", "cpu": "bcl:cpu"} {
		code, stdout, stderr := call(append(arrayArgs, "--kubernetes", "--devices", devices)...)
		if code != 0 || !strings.Contains(stdout, "image: "+want+"\n") || strings.Contains(stdout, "nvidia.com/gpu") != (devices != "cpu") {
			t.Errorf("--devices %s: exit code %d, want image %s in\n%s%s", devices, code, want, stdout, stderr)
		}
	}
	build, err := os.ReadFile("../../../docker/build.sh")
	if err != nil || !strings.Contains(string(build), `bcl:$target`) {
		t.Errorf("docker/build.sh (error %v) uses other names", err)
	}
}

// The environment chooses a job's GPU: the settings of its run stay the same.
func TestDevices(t *testing.T) {
	t.Setenv("CUDA_VISIBLE_DEVICES", "5,GPU-abc")
	for text, want := range map[string]string{"auto": "5 GPU-abc", "cuda:1": "GPU-abc", "cuda": "5", "cuda:1,cuda:0": "GPU-abc 5", "cpu": ""} {
		pool, err := parseDevices(text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range pool {
			got = append(got, d.visible)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: GPUs %q, want %q", text, s, want)
		}
	}
	t.Setenv("CUDA_VISIBLE_DEVICES", "")
	if pool, err := parseDevices("auto"); err != nil || len(pool) != 1 || pool[0].gpu {
		t.Errorf("no GPU: %v, error %v", pool, err)
	}
}

// Units of several processes ask the scheduler for as many GPUs, and for cores and memory to
// match.
func TestSeveralGPUs(t *testing.T) {
	code, stdout, stderr := call(append(arrayArgs, "--slurm", "--nproc", "4")...)
	if code != 0 {
		t.Fatal(stderr)
	}
	for _, want := range []string{"--gres=gpu:4\n", "--nodes=1\n", "--cpus-per-task=32\n", " --nproc=4 --unit "} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
	code, stdout, stderr = call(append(arrayArgs, "--kubernetes", "--nproc", "4")...)
	if code != 0 {
		t.Fatal(stderr)
	}
	for _, want := range []string{"nvidia.com/gpu: 4\n", `cpu: "32"`, "memory: 64Gi", "mountPath: /dev/shm", "medium: Memory", " --nproc=4 --unit "} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
}

func TestTogether(t *testing.T) {
	t.Setenv("CUDA_VISIBLE_DEVICES", "0,1,2,3,7")
	for n, want := range map[int]string{1: "0 1 2 3 7", 2: "0,1 2,3", 5: "0,1,2,3,7", 6: ""} {
		pool, err := parseDevices("auto")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range together(pool, n) {
			got = append(got, d.visible)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%d at a time: %q, want %q", n, s, want)
		}
	}
	plan := []string{"small", "--data", "/data/my images", "--out", t.TempDir(), "--dry-run", "--devices", "auto"}
	if code, stdout, stderr := call(append(plan, "--nproc", "2")...); code != 0 || !strings.Contains(stdout, "CUDA_VISIBLE_DEVICES=2,3 bcl-train") || !strings.Contains(stdout, " --nproc=2 ") {
		t.Errorf("--nproc 2: exit code %d\n%s%s", code, stdout, stderr)
	}
	if code, _, stderr := call(append(plan, "--nproc", "6")...); code != 2 || !strings.Contains(stderr, "--nproc 6 needs as many GPUs, and there are 5") {
		t.Errorf("--nproc 6: exit code %d, %s", code, stderr)
	}
	if code, _, stderr := call(append(plan, "--nproc", "0")...); code != 2 || !strings.Contains(stderr, "--nproc is 0") {
		t.Errorf("--nproc 0: exit code %d, %s", code, stderr)
	}
}
