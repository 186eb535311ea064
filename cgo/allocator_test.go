package cgo

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

const mb = 1 << 20

// inChild runs f, the body of the calling test, in a process of its own, whose limits it
// may change and whose allocator starts empty.
func inChild(t *testing.T, f func()) {
	t.Helper()
	const mark = "BCL_TEST_CHILD"
	if os.Getenv(mark) == t.Name() {
		f()
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), mark+"="+t.Name(), "BCL_CPU_ALLOCATOR=", "OMP_NUM_THREADS=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Fatalf("%v\n%s", err, out)
	}
}

// addressSpace is the size of the process, in which untouched blocks count too.
func addressSpace(t *testing.T) (bytes uint64) {
	t.Helper()
	statm, err := os.ReadFile("/proc/self/statm")
	if err == nil {
		_, err = fmt.Sscan(string(statm), &bytes)
	}
	if err != nil {
		t.Fatal(err)
	}
	return bytes * uint64(os.Getpagesize())
}

// limit lets the process grow by that many more bytes.
func limit(t *testing.T, more uint64) {
	t.Helper()
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_AS, &l); err != nil {
		t.Fatal(err)
	}
	l.Cur = addressSpace(t) + more
	if err := syscall.Setrlimit(syscall.RLIMIT_AS, &l); err != nil {
		t.Fatal(err)
	}
}

// hold makes n tensors of that many bytes at the same time and frees them.
func hold(t *testing.T, n int, bytes int64) error {
	t.Helper()
	scope, _, err := OpenScope()
	if err != nil {
		t.Fatal(err)
	}
	defer scope.Close()
	empty := &Op{Name: "aten::empty", Overload: "memory_format"}
	for range n {
		if _, err := empty.Call1(NewArgs().Ints([]int64{bytes}).Int(0)); err != nil {
			return err
		}
	}
	return nil
}

func mustHold(t *testing.T, n int, bytes int64) {
	t.Helper()
	if err := hold(t, n, bytes); err != nil {
		t.Fatalf("%d tensors of %d bytes: %v", n, bytes, err)
	}
}

// Under a limit of the address space kept blocks are released for large tensors, and for
// small ones, which malloc serves.
func TestKeptBlocksMakeRoom(t *testing.T) {
	onThread(t)
	inChild(t, func() {
		for _, c := range []struct {
			n     int
			bytes int64
		}{{1, 100 * mb}, {1000, 200 << 10}} {
			limit(t, 1<<40)
			mustHold(t, 2, 300*mb) // keeps 600 MB, and 150 more would be within the bound
			limit(t, 64*mb)
			mustHold(t, c.n, c.bytes)
		}
	})
}

// A refused request does not count towards the peak use.
func TestRefusedRequestDoesNotRaiseTheBound(t *testing.T) {
	onThread(t)
	inChild(t, func() {
		mustHold(t, 1, 1)
		start := addressSpace(t)
		mustHold(t, 1, 300*mb)
		limit(t, 4096*mb)
		wantError(t, "1 TB", hold(t, 1, 1<<40), "out of memory: no room for a tensor of 1")
		mustHold(t, 1, 300*mb)
		mustHold(t, 1, 200*mb) // 500 MB are more than 5/4 of 300: the first block goes
		if held := addressSpace(t) - start; held > 350*mb {
			t.Errorf("%d MB are held, want 200", held/mb)
		}
	})
}

// An epoch's last batch is smaller: it takes the blocks of the others, which stay for them.
func TestSmallerRequestsTakeKeptBlocks(t *testing.T) {
	onThread(t)
	inChild(t, func() {
		mustHold(t, 1, 1)
		start := addressSpace(t)
		for range 3 {
			mustHold(t, 10, 100*mb)
			mustHold(t, 10, 81*mb)
		}
		if held := addressSpace(t) - start; held > 1150*mb {
			t.Errorf("%d MB are held, want 1000", held/mb)
		}
		for _, bytes := range []int64{60 * mb, 30 * mb, 100 * mb, 7 * mb} { // which do not fit
			mustHold(t, int(1000*mb/bytes), bytes)
			if held := addressSpace(t) - start; held > 1400*mb {
				t.Errorf("after tensors of %d MB, %d MB are held, want at most 5/4 of 1000, and what rounding adds", bytes/mb, held/mb)
			}
		}
	})
}
