package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bcl-go/bcl/bcl/settings"
)

// ReadConfig reads config.yaml of the run at path.
func ReadConfig(path string) (settings.List, error) {
	text, err := os.ReadFile(File(path, ConfigFile))
	if err != nil {
		return nil, err
	}
	list, err := settings.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", File(path, ConfigFile), err)
	}
	return list, nil
}

// SetConfig replaces config.yaml. With keep the old one is kept as
// config_before_epoch_<n>.yaml: the settings before epoch.
func (d *Dir) SetConfig(config []byte, epoch int, keep bool) error {
	if !keep {
		return d.write(ConfigFile, config)
	}
	before, err := os.ReadFile(d.File(ConfigFile))
	if err != nil {
		return err
	}
	return d.replace(ConfigFile, before, config, epoch)
}

// SetEnvironment replaces environment.json if that is not what the run runs on now. The one
// before stays as environment_before_epoch_<n>.json.
func (d *Dir) SetEnvironment(env Environment, epoch int) error {
	before, err := ReadEnvironment(d.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return d.write(EnvironmentFile, env.text())
	case err != nil || before == env:
		return err
	}
	return d.replace(EnvironmentFile, before.text(), env.text(), epoch)
}

// replace writes a file, and what it had before under a name that tells until which epoch
// that held.
func (d *Dir) replace(name string, before, now []byte, epoch int) error {
	ext := filepath.Ext(name)
	kept := fmt.Sprintf("%s_before_epoch_%d%s", strings.TrimSuffix(name, ext), epoch, ext)
	// The first change at an epoch counts: what it replaced was trained with.
	if _, err := os.Stat(d.File(kept)); errors.Is(err, fs.ErrNotExist) {
		if err := d.write(kept, before); err != nil {
			return err
		}
	}
	return d.write(name, now)
}

// Inherit copies metrics, evaluations and history before epoch, if there are any, from
// the folder of a checkpoint into a run that starts from that checkpoint.
func (d *Dir) Inherit(folder string, epoch int) error {
	for _, name := range perEpoch {
		text, err := os.ReadFile(File(folder, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if kept := before(text, epoch); len(kept) > 0 {
			if err := d.add(name, kept); err != nil {
				return err
			}
		}
	}
	for _, name := range HistoryFiles() {
		if err := d.copyAs(File(folder, name), name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
