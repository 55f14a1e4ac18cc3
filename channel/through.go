package channel

// Through works through items until one fails, and tells how many it is through
// with. The error is given only if that is none: what was done need not be done
// again, and whoever goes on behind it meets the failure first.
func Through[T any](items []T, each func(T) error) (done int, err error) {
	for done < len(items) {
		if err := each(items[done]); err != nil {
			if done == 0 {
				return 0, err
			}
			break
		}
		done++
	}
	return done, nil
}
