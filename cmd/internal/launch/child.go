package launch

import (
	"os"
	"strconv"
	"time"
)

// launcher is the variable that tells a process of Run the launcher's process.
const launcher = "BCL_LAUNCHER"

// Child reports whether Run started this process.
func Child() bool {
	pid, err := strconv.Atoi(os.Getenv(launcher))
	return err == nil && pid == os.Getppid()
}

// Guard calls end when the launcher of this process has been dead for as long as it would have
// waited itself. The kernel sends SIGTERM when the launcher dies, so that a process saves and
// ends; this is for one that cannot, such as because its disk does not answer.
func Guard(end func()) {
	if Child() {
		go guard(os.Getppid, time.Second, patience+mercy, end)
	}
}

// guard looks at the parent at intervals.
func guard(parent func() int, every, patience time.Duration, end func()) {
	for first := parent(); parent() == first; {
		time.Sleep(every)
	}
	time.Sleep(patience)
	end()
}
