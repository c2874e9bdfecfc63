"""What bench/report/run does: runs the measuring programs, reads what they print, writes REPORT.md."""
