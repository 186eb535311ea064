package bcltrain

import (
	"net/http"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// startGroup starts a command with the processes that it starts in a group of their own.
func startGroup(c *exec.Cmd) error {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return c.Start()
}

func endGroup(c *exec.Cmd) {
	syscall.Kill(-c.Process.Pid, syscall.SIGKILL)
	c.Wait()
}

// waitFor waits until a server answers.
func waitFor(t *testing.T, url string) {
	t.Helper()
	for range 600 {
		if r, err := http.Get(url); err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Fatalf("%s does not answer", url)
}
