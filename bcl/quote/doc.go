// Package quote shows names that others chose, such as those of files and classes, in
// messages and tables: as they are if that is safe, else quoted. A raw name could break a
// table, forge a line, or give orders to a terminal. [Escape] is for files, and can be undone.
package quote
