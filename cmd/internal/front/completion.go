package front

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/cmd/internal/cli"
)

const completionUsage = `Usage: bcl completion bash|zsh|fish

Prints what makes a shell complete the commands, their flags, values and files, for bcl
and all bcl-*. The commands themselves say what comes next, so it need not be printed
again for a new version.

  source <(bcl completion bash)                 in ~/.bashrc
  bcl completion zsh > ~/.zfunc/_bcl            with fpath+=(~/.zfunc) before compinit
  bcl completion fish > ~/.config/fish/completions/bcl.fish
`

var shells = []string{"bash", "zsh", "fish"}

// scripts ask the command that is being typed, by [cli.Complete], for what comes next: %s
// are the names of the programs.
var scripts = map[string]string{
	"bash": `# bcl: completion for bash.
_bcl() {
  local line last out
  mapfile -t out < <("${COMP_WORDS[0]/#\~/$HOME}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  COMPREPLY=()
  ((${#out[@]})) || return 0
  last=${out[-1]}
  unset 'out[-1]'
  local cur=${COMP_WORDS[COMP_CWORD]}
  [[ $cur != "=" ]] || cur=
  case $last in
  :file) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
  :dir) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
  esac
  for line in "${out[@]}"; do COMPREPLY+=("${line%%%%$'\t'*}"); done
}
complete -F _bcl %s
`,
	"zsh": `#compdef %[1]s
# bcl: completion for zsh.
_bcl() {
  local -a out plain
  local last
  out=("${(@f)$("${words[1]/#\~/$HOME}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  last=$out[-1]
  out[-1]=()
  plain=("${(@)${(@)out//:/\\:}/$'\t'/:}")
  (( $#out )) && _describe value plain
  case $last in
  :file) _files ;;
  :dir) _files -/ ;;
  esac
}
if [[ $funcstack[1] = _bcl ]]; then _bcl "$@"; else compdef _bcl %[1]s; fi
`,
	"fish": `# bcl: completion for fish.
function __bcl_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l out ($words[1] __complete $words[2..-1] 2>/dev/null)
  switch "$out[-1]"
    case :file
      __fish_complete_path (commandline -ct)
    case :dir
      __fish_complete_directories (commandline -ct)
  end
  test (count $out) -gt 1; and printf '%%s\n' $out[1..-2]
end
for program in %s
  complete -c $program -f -a '(__bcl_complete)'
end
`,
}

// script is what a shell reads.
func script(shell string) (string, bool) {
	names := []string{program}
	for _, c := range Commands {
		names = append(names, c.Program())
	}
	text, ok := scripts[shell]
	return fmt.Sprintf(text, strings.Join(names, " ")), ok
}

func completion(f *pflag.FlagSet, stdout, _ io.Writer) error {
	text, ok := script(f.Arg(0))
	if f.NArg() != 1 || !ok {
		return cli.Usagef("shell %q, expected bash, zsh or fish", strings.Join(f.Args(), " "))
	}
	_, err := io.WriteString(stdout, text)
	return err
}
