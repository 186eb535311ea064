// Command vuln runs govulncheck on the commands, with the Go vulnerability database of the
// module proxy, and thus also where vuln.go.dev cannot be reached.
//
// The module golang.org/x/vulndb has the reports; an index of them is what govulncheck reads
// (https://go.dev/doc/security/vuln/database). What is checked is the source as the toolchain
// of go.mod builds it, by which functions are reached.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

const database = "golang.org/x/vulndb@latest"

func main() {
	if err := check(); err != nil {
		fmt.Fprintln(os.Stderr, "vuln:", err)
		os.Exit(1)
	}
}

func check() error {
	toolchain, err := goMod("go.mod")
	if err != nil {
		return err
	}
	out, err := run("go", "mod", "download", "-json", database)
	if err != nil {
		return fmt.Errorf("%s cannot be fetched: %w", database, err)
	}
	var module struct{ Version, Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		return err
	}
	db, err := os.MkdirTemp("", "vulndb-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(db)
	n, err := index(filepath.Join(module.Dir, "data", "osv"), db)
	if err != nil {
		return fmt.Errorf("%s: %w", module.Dir, err)
	}
	fmt.Printf("%s, %d reports of golang.org/x/vulndb %s\n", toolchain, n, module.Version)
	// Built by the toolchain of this command, which need not be that of go.mod.
	tool, err := run("go", "tool", "-n", "govulncheck")
	if err != nil {
		return err
	}
	c := exec.Command(strings.TrimSpace(string(tool)), append([]string{"-db", "file://" + db}, os.Args[1:]...)...)
	c.Env = append(os.Environ(), "GOTOOLCHAIN="+toolchain)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	return c.Run()
}

var toolchainLine = regexp.MustCompile(`(?m)^toolchain (go[0-9.]+)$`)

// goMod returns the toolchain that a go.mod names.
func goMod(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	m := toolchainLine.FindSubmatch(text)
	if m == nil {
		return "", fmt.Errorf("%s has no toolchain line", path)
	}
	return string(m[1]), nil
}

// report is what the index needs of a report in OSV form.
type report struct {
	ID       string   `json:"id"`
	Modified string   `json:"modified"`
	Aliases  []string `json:"aliases,omitempty"`
	Affected []struct {
		Package struct{ Name string } `json:"package"`
	} `json:"affected,omitempty"`
}

// entry is a report in the index of a module. Without the version that fixes it the report
// itself is read, which says the same.
type entry struct {
	ID       string `json:"id"`
	Modified string `json:"modified"`
}

// moduleEntry is a module in the index.
type moduleEntry struct {
	Path  string  `json:"path"`
	Vulns []entry `json:"vulns"`
}

// index makes the database db of a folder of reports, and counts them.
func index(reports, db string) (n int, err error) {
	files, err := filepath.Glob(filepath.Join(reports, "*.json"))
	if err != nil || len(files) == 0 {
		return 0, errors.Join(err, fmt.Errorf("no reports in %s", reports))
	}
	modules := []moduleEntry{}
	vulns := []report{}
	at := map[string]int{}
	newest := ""
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			return 0, err
		}
		var r report
		if err := json.Unmarshal(text, &r); err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
		newest = max(newest, r.Modified)
		seen := map[string]bool{}
		for _, a := range r.Affected {
			name := a.Package.Name
			if seen[name] {
				continue
			}
			seen[name] = true
			i, ok := at[name]
			if !ok {
				i = len(modules)
				at[name] = i
				modules = append(modules, moduleEntry{Path: name})
			}
			modules[i].Vulns = append(modules[i].Vulns, entry{r.ID, r.Modified})
		}
		r.Affected = nil
		vulns = append(vulns, r)
		if err := write(filepath.Join(db, "ID", r.ID+".json"), text); err != nil {
			return 0, err
		}
	}
	for name, v := range map[string]any{"db": map[string]string{"modified": newest}, "modules": modules, "vulns": vulns} {
		text, err := json.Marshal(v)
		if err != nil {
			return 0, err
		}
		if err := write(filepath.Join(db, "index", name+".json"), text); err != nil {
			return 0, err
		}
	}
	return len(files), nil
}

func write(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

// run returns the output of a command; what is wrong is in its own words.
func run(name string, args ...string) ([]byte, error) {
	c := exec.Command(name, args...)
	c.Stderr = os.Stderr
	return c.Output()
}
