package spin

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The process starts again with the variable, as the same process with the same arguments,
// unless the environment says how to wait.
func TestShortSpin(t *testing.T) {
	if os.Getenv("BCL_TEST_SPIN") != "" {
		fmt.Println(os.Getpid(), os.Getenv("GOMP_SPINCOUNT"), os.Args[1:])
		return
	}
	for given, want := range map[string]string{"": "100000", "GOMP_SPINCOUNT=": "100000", "OMP_WAIT_POLICY=active": "", "GOMP_SPINCOUNT=9": "9"} {
		c := exec.Command(os.Args[0], "-test.run=^TestShortSpin$", "--", "a b", "")
		c.Env = slices.DeleteFunc(os.Environ(), func(s string) bool {
			return strings.HasPrefix(s, "GOMP_SPINCOUNT=") || strings.HasPrefix(s, "OMP_WAIT_POLICY=")
		})
		if c.Env = append(c.Env, "BCL_TEST_SPIN=1"); given != "" {
			c.Env = append(c.Env, given)
		}
		out, err := c.Output()
		if err != nil {
			t.Fatal(err)
		}
		wanted := fmt.Sprintf("%d %s [-test.run=^TestShortSpin$ -- a b ]\n", c.Process.Pid, want)
		if got, _, _ := strings.Cut(string(out), "PASS"); got != wanted {
			t.Errorf("with %q: %q, want %q", given, got, wanted)
		}
	}
}
