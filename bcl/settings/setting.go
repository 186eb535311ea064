package settings

// Setting declares one setting of a command, a flag and a key of config.yaml: its name,
// where its value is, and the traits by which commands handle it.
type Setting struct {
	Name  string // of the flag and the key: batch-size
	Usage string // a line of help; the word in backquotes is the value's name
	Value any    // pointer to the value, which holds the default
	Field string // its Go struct field, by which errors name it: Prune.Share; "": no library has it
	Bare  string // meaning of the flag without a value; "": it needs one

	Values   []string // all words that it takes; nil: what its type can hold
	Examples []string // some of them

	Check func() error // returns an error unless the value is valid; nil: any is

	OnResume OnResume // whether a resumed run may change it
	Fixed    string   // why it never may; "": it may

	Needs       string // what the method must have, or it does nothing
	IdleWith    string // setting with which it has no effect
	IdleWithout string // setting without which it has no effect; loss=focal: without that value of it

	Once     bool // belongs to one command line, not to the run: not in config.yaml
	Reserved bool // set by bcl-repro itself: no preset may set it
	Place    bool // where and how fast a run runs, not what it computes
	Output   bool // names a file that is written
}

// OnResume is when a resumed run may change a setting.
type OnResume int

// The values of OnResume.
const (
	IfAllowed   OnResume = iota // if --allow-change names it
	Free                        // always: it changes no result
	FreeImages                  // if the images are the same, which is checked
	FixedWithin                 // between epochs, if --allow-change names it
)
