package run

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// Environment is what a run ran on: environment.json.
type Environment struct {
	BCL      string `json:"bcl"` // version or commit of this program
	Libtorch string `json:"libtorch"`
	Go       string `json:"go"`
	OS       string `json:"os"`
	CPU      string `json:"cpu"`
	Cores    int    `json:"cores"`
	Threads  int    `json:"threads"` // of libtorch
	Device   string `json:"device"`
	Ranks    int    `json:"ranks,omitzero"` // processes that trained together; 0: one
	Hardware string `json:"hardware"`       // name of the device
	Parallel string `json:"parallel"`       // how libtorch was built and runs
	JPEG     string `json:"jpeg"`           // what decodes JPEG files; "" in older runs: image/jpeg
	Init     Init   `json:"init,omitzero"`  // what the backbone began with
	Data     Data   `json:"data"`           // the training data; Describe leaves it empty
}

// Data identifies the training data.
type Data struct {
	Fingerprint string `json:"fingerprint"` // dataset.Fingerprint of the samples trained on
	Samples     int    `json:"samples"`
}

// Init is a file of weights that a run began with; of several, the index, and the hash of it
// and of them in its order.
type Init struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// text is what environment.json holds.
func (e Environment) text() []byte {
	text, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		panic(err) // text and numbers
	}
	return append(text, '\n')
}

// ReadEnvironment reads environment.json of the run at path.
func ReadEnvironment(path string) (Environment, error) {
	var e Environment
	text, err := os.ReadFile(File(path, EnvironmentFile))
	if err != nil {
		return e, err
	}
	if err := json.Unmarshal(text, &e); err != nil {
		return e, fmt.Errorf("%s: %w", File(path, EnvironmentFile), err)
	}
	return e, nil
}

// CPU returns the processor's name on Linux.
func CPU() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}
