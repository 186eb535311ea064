package bclrepro

import (
	"fmt"
	"io"
	"strings"

	"github.com/bcl-go/bcl/bcl/run"
)

// writeSlurm writes a script for sbatch: an array with a task for each unit. exec lets
// Slurm's signals reach bcl-repro, which passes them on.
func (o *options) writeSlurm(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "#!/bin/bash\n#SBATCH --job-name=bcl-%s\n#SBATCH --array=0-%d\n", o.plan.Preset.Name, len(o.plan.Units)-1)
	if o.wantsGPU() {
		fmt.Fprintf(&b, "#SBATCH --gres=gpu:%d\n", o.nproc)
	}
	fmt.Fprintf(&b, "#SBATCH --nodes=1\n#SBATCH --cpus-per-task=%d\n", 8*o.nproc)
	b.WriteString(`#SBATCH --output=slurm-%A_%a.log
#SBATCH --signal=B:TERM@300
#SBATCH --requeue
# A task saves before its time limit ends it: submit the script again to skip finished
# units and resume interrupted ones. Afterwards the table:
`)
	fmt.Fprintf(&b, "#   %s --table\nset -euo pipefail\nexec %s --unit \"$SLURM_ARRAY_TASK_ID\"\n", run.ShellLine(o.self()...), run.ShellLine(o.self()...))
	_, err := io.WriteString(w, b.String())
	return err
}
