"""What bench/report does: runs the measuring programs, reads what they print, writes REPORT.md."""
