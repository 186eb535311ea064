package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

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
	if keep {
		before, err := os.ReadFile(d.File(ConfigFile))
		if err != nil {
			return err
		}
		name := fmt.Sprintf("config_before_epoch_%d.yaml", epoch)
		// The first change at an epoch counts: it replaced the settings that were trained
		// with.
		if _, err := os.Stat(d.File(name)); errors.Is(err, fs.ErrNotExist) {
			if err := d.write(name, before); err != nil {
				return err
			}
		}
	}
	return d.write(ConfigFile, config)
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
	if err := d.copyAs(File(folder, HistoryFile), HistoryFile); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
