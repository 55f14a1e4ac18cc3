#!/usr/bin/env bash
# Lists the licence of every module that the program is built from, and fails when
# one is missing or is none of those that an MIT program may be linked with.
set -euo pipefail
bad=0
while read -r name dir; do
  file=$(find "$dir" -maxdepth 1 -iname 'licen[sc]e*' -o -maxdepth 1 -iname 'copying*' -o -maxdepth 1 -iname 'unlicense*' | sort | head -n 1)
  text=$([ -n "$file" ] && tr -s '[:space:]' ' ' <"$file" || true)
  case "$text" in
    *"Apache License"*) kind=Apache-2.0 ;;
    *"Mozilla Public License"*2.0*) kind=MPL-2.0 ;; # asks for the source of changed files; we change none
    *"Permission is hereby granted, free of charge"*) kind=MIT ;;
    *"Permission to use, copy, modify, and"*"distribute this software"*) kind=ISC ;;
    *"Redistribution and use in source and binary forms"*) kind=BSD ;;
    *"This is free and unencumbered software"*) kind=Unlicense ;;
    *"CC0"*) kind=CC0-1.0 ;;
    *) kind="NOT ALLOWED OR UNKNOWN: read ${file:-its source}" bad=1 ;;
  esac
  printf '%-75s %s\n' "$name" "$kind"
done < <(go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}}@{{.Version}} {{.Dir}}{{end}}{{end}}' ./cmd/... | sort -u)
exit $bad
