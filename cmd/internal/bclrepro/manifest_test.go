package bclrepro

import (
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/bcl-go/bcl/torch/distributed/rendezvous"
)

// Container is what both manifests of docs/ start on each machine.
type Container struct {
	Command, Args []string
	Env           []struct{ Name, Value string }
}

// The manifests of docs/ start as many processes as they ask for GPUs, on as many machines as
// they say, which meet at the first.
func TestManifests(t *testing.T) {
	var trainJob struct {
		Metadata struct{ Name string }
		Spec     struct {
			Trainer struct {
				Container `yaml:",inline"`
				NumNodes  int                             `yaml:"numNodes"`
				Resources struct{ Limits map[string]any } `yaml:"resourcesPerNode"`
			}
		}
	}
	manifest(t, "trainjob.yaml", &trainJob)
	c := trainJob.Spec.Trainer
	// What the runtime torch-distributed sets.
	ranks(t, c.Container, c.NumNodes, c.Resources.Limits, map[string]string{"PET_NNODES": "2", "PET_NODE_RANK": "1", "PET_MASTER_ADDR": "bcl-i-node-0-0.bcl-i", "PET_MASTER_PORT": "29400"}, "bcl-i-node-0-0.bcl-i")

	var jobSet struct {
		Metadata struct{ Name string }
		Spec     struct {
			ReplicatedJobs []struct {
				Name     string
				Template struct {
					Spec struct {
						CompletionMode           string `yaml:"completionMode"`
						Completions, Parallelism int
						Template                 struct {
							Spec struct {
								Containers []struct {
									Container `yaml:",inline"`
									Resources struct{ Limits map[string]any }
								}
							}
						}
					}
				}
			} `yaml:"replicatedJobs"`
		}
	}
	manifest(t, "jobset.yaml", &jobSet)
	job := jobSet.Spec.ReplicatedJobs[0]
	spec := job.Template.Spec
	if spec.CompletionMode != "Indexed" || spec.Completions != spec.Parallelism {
		t.Errorf("jobset.yaml: %+v", spec)
	}
	pod := spec.Template.Spec.Containers[0]
	// JobSet's names of pods: SET-JOB-REPLICA-INDEX.SET.
	first := jobSet.Metadata.Name + "-" + job.Name + "-0-0." + jobSet.Metadata.Name
	ranks(t, pod.Container, spec.Completions, pod.Resources.Limits, map[string]string{"JOB_COMPLETION_INDEX": "1"}, first)
}

func manifest(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile("../../../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// ranks checks the processes that the command starts on the second of the machines.
func ranks(t *testing.T, c Container, machines int, limits map[string]any, env map[string]string, host string) {
	t.Helper()
	for _, e := range c.Env {
		env[e.Name] = e.Value
	}
	gpus, _ := limits["nvidia.com/gpu"].(uint64)
	if len(c.Args) != 1 || !strings.Contains(c.Args[0], " --nproc 8") || gpus != 8 || machines != 2 {
		t.Errorf("%d machines of %d GPUs, command %q", machines, gpus, c.Args)
	}
	children, err := rendezvous.Children(func(name string) string { return env[name] }, int(gpus), 0)
	if err != nil {
		t.Fatal(err)
	}
	if last := strings.Join(children[7], " "); !strings.Contains(last, "RANK=15 WORLD_SIZE=16 LOCAL_RANK=7 LOCAL_WORLD_SIZE=8 MASTER_ADDR="+host+" ") {
		t.Errorf("the last process has %s", last)
	}
}
