package parts

import "path/filepath"

// Ruler returns the java program and the class path of Event Ruler, with a Java compiler in it.
func Ruler() (program, classPath string, err error) {
	dir, err := installed("ruler")
	if err != nil {
		return "", "", err
	}
	program, err = java()
	return program, filepath.Join(dir, "lib", "*"), err
}
