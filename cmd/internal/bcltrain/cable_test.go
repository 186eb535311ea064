package bcltrain

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bcl-go/bcl/bcl/run"
)

// Two machines, which are two network namespaces, lose the cable between them: both processes
// end within the time limit and name the other, and the same command resumes.
func TestCutCable(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for time limits")
	}
	program, err := exec.LookPath("ip")
	if err != nil || os.Getuid() != 0 {
		t.Skip("network namespaces need root and the program ip (iproute2)")
	}
	id := strconv.Itoa(os.Getpid())
	spaces, ends := []string{"bcl-a-" + id, "bcl-b-" + id}, []string{"bcla" + id, "bclb" + id}
	ip := func(line string) error {
		out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput()
		if err != nil {
			t.Logf("ip %s: %v: %s", line, err, out)
		}
		return err
	}
	for _, s := range spaces {
		if ip("netns add "+s) != nil {
			t.Skip("no network namespaces here")
		}
		t.Cleanup(func() { _ = ip("netns del " + s) })
	}
	lines := []string{"link add " + ends[0] + " type veth peer name " + ends[1]}
	for i, s := range spaces {
		lines = append(lines, "link set "+ends[i]+" netns "+s, "-n "+s+" addr add 10.77.0."+strconv.Itoa(i+1)+"/24 dev "+ends[i], "-n "+s+" link set lo up", "-n "+s+" link set "+ends[i]+" up")
	}
	for _, l := range lines {
		if ip(l) != nil {
			t.Skip("no virtual network here")
		}
	}
	data, save := folder(t, 13), t.TempDir()
	start := func(name string) (all []*rank) {
		for r, s := range spaces {
			cmd, stderr := child(0, many(data, save, name)...)
			cmd.Args = append([]string{"ip", "netns", "exec", s}, cmd.Args...)
			cmd.Path = program
			cmd.Env = append(cmd.Env, "RANK="+strconv.Itoa(r), "WORLD_SIZE=2", "LOCAL_RANK=0", "LOCAL_WORLD_SIZE=1", "MASTER_ADDR=10.77.0.1", "MASTER_PORT=29500", "GLOO_SOCKET_IFNAME="+ends[r])
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			all = append(all, &rank{cmd: cmd, stderr: stderr})
		}
		return all
	}
	done(t, start("whole"))
	all := start("cut")
	for begin := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(save, "cut", run.CheckpointFile)); err == nil {
			break
		}
		if time.Since(begin) > time.Minute {
			t.Fatal("no checkpoint after a minute\n" + wait(t, all, 0))
		}
	}
	if ip("-n "+spaces[1]+" link set "+ends[1]+" down") != nil {
		t.Fatal("the cable cannot be cut")
	}
	begin := time.Now()
	text := wait(t, all, 40*time.Second)
	t.Logf("both ended %v after the cut:\n%s", time.Since(begin).Round(10*time.Millisecond), text)
	for r, p := range all {
		if other := "rank " + strconv.Itoa(1-r) + " of 2: "; p.code == 0 || !strings.Contains(p.stderr.String(), other) {
			t.Errorf("rank %d does not name the other", r)
		}
	}
	if ip("-n "+spaces[1]+" link set "+ends[1]+" up") != nil {
		t.Fatal("the cable cannot be mended")
	}
	done(t, start("cut"))
	if !bytes.Equal(weightsOf(t, filepath.Join(save, "cut")), weightsOf(t, filepath.Join(save, "whole"))) {
		t.Error("the run that was resumed ends with other weights")
	}
}
