package bcltrain

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/run"
)

// Sums of another number of threads round in other ways: a run keeps the number that it
// ran with on another machine, says so, and takes another one only if told to.
func TestResumeKeepsThreads(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	args := func(epochs string, more ...string) []string {
		all := tiny(data, save, append([]string{"--epochs", epochs, "--allow-change", "epochs"}, more...)...)
		i := slices.Index(all, "--threads")
		return slices.Delete(all, i, i+2)
	}
	threads := func() int {
		t.Helper()
		e, err := run.ReadEnvironment(filepath.Join(save, "t"))
		if err != nil {
			t.Fatal(err)
		}
		return e.Threads
	}
	must(t, args("2")...)
	environment := filepath.Join(save, "t", run.EnvironmentFile)
	was := file(t, environment)
	elsewhere := strings.NewReplacer(`"threads": 1,`, `"threads": 3,`, `"threads": 2,`, `"threads": 3,`).Replace(was)
	writeFile(t, environment, []byte(elsewhere))

	said := must(t, args("4", "--resume")...)
	if !strings.Contains(said, "resuming with 3 threads, as before") || !strings.Contains(file(t, save, "t", run.LogFile), "--allow-change threads takes it") {
		t.Errorf("not said that the threads are kept: %s", said)
	}
	if n := threads(); n != 3 {
		t.Errorf("resumed with %d threads, want the 3 of before", n)
	}
	refused(t, 1, []string{"threads: before 0, now 1"}, args("6", "--resume", "--threads", "1")...)
	said = must(t, args("6", "--resume", "--threads", "1", "--allow-change", "threads")...)
	if n := threads(); n != 1 || strings.Contains(said, "as before") {
		t.Errorf("%d threads, want the 1 of the command line: %s", n, said)
	}
	if !strings.Contains(file(t, save, "t", "environment_before_epoch_5.json"), `"threads": 3,`) {
		t.Error("what the run ran on before is lost")
	}
}
