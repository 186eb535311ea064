package bclrepro

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// object is a YAML object whose keys keep their order.
func object(pairs ...any) yaml.MapSlice {
	var m yaml.MapSlice
	for i := 0; i < len(pairs); i += 2 {
		m = append(m, yaml.MapItem{Key: pairs[i], Value: pairs[i+1]})
	}
	return m
}

// writeKubernetes writes an Indexed Job with a pod for each unit. An interrupted index is
// retried and resumes.
func (o *options) writeKubernetes(w io.Writer) error {
	p := o.plan
	paths := []string{p.Out}
	for _, k := range p.DataKeys() {
		paths = append(paths, p.Data[k])
	}
	if p.Splits != "" {
		paths = append(paths, p.Splits)
	}
	if filepath.Ext(o.preset) != "" {
		paths = append(paths, o.preset)
	}
	for _, path := range paths {
		if rel, err := filepath.Rel(o.volume, path); err != nil || !filepath.IsLocal(rel) {
			return cli.Usagef("%s is not below %s, where the pods mount the claim (--mount)", path, o.volume)
		}
	}
	limits := object("cpu", fmt.Sprint(8*o.nproc), "memory", fmt.Sprint(16*o.nproc, "Gi"))
	image := "bcl:cpu" // the tag of docker/build.sh
	mounts := []any{object("name", "data", "mountPath", o.volume)}
	volumes := []any{object("name", "data", "persistentVolumeClaim", object("claimName", o.pvc))}
	if o.wantsGPU() {
		limits, image = append(limits, object("nvidia.com/gpu", o.nproc)...), "bcl:cuda"
		if o.nproc > 1 { // NCCL's; a pod has 64 MiB
			mounts = append(mounts, object("name", "shm", "mountPath", "/dev/shm"))
			volumes = append(volumes, object("name", "shm", "emptyDir", object("medium", "Memory", "sizeLimit", "8Gi")))
		}
	}
	if o.image != "" {
		image = o.image
	}
	container := object(
		"name", "bcl-repro",
		"image", image,
		"command", []string{"sh", "-c", "exec " + run.ShellLine(o.self()...) + ` --unit "$JOB_COMPLETION_INDEX"`},
		"resources", object("limits", limits),
		"volumeMounts", mounts,
	)
	n := len(p.Units)
	text, err := yaml.MarshalWithOptions(object(
		"apiVersion", "batch/v1",
		"kind", "Job",
		"metadata", object("name", "bcl-"+strings.ToLower(strings.ReplaceAll(p.Preset.Name, "_", "-"))),
		"spec", object(
			"completionMode", "Indexed",
			"completions", n,
			"parallelism", min(n, 8),
			"backoffLimitPerIndex", 3,
			"template", object("spec", object(
				"restartPolicy", "Never",
				"terminationGracePeriodSeconds", 300,
				"containers", []any{container},
				"volumes", volumes,
			)),
		)), yaml.IndentSequence(true))
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}
