# A job for Windows Task Scheduler: adds the people of a file to a campaign, and keeps a log whose last line says who has to do what.
#
#   powershell.exe -NoProfile -ExecutionPolicy Bypass -File C:\jobs\02-scheduled-task.ps1 job "Spring Launch" C:\jobs\people.csv
#
# `job` is the profile. The task itself: docs/windows.md. The next run overwrites log, results and report. The exit code is dyncamp's; Task
# Scheduler shows it as "Last Run Result". For PowerShell 7 and Windows PowerShell 5.1.
param(
  [Parameter(Mandatory = $true)] [string] $ProfileName,
  [Parameter(Mandatory = $true)] [string] $Campaign,
  [Parameter(Mandatory = $true)] [string] $People,
  [string] $Folder = (Join-Path $env:LOCALAPPDATA 'dyncamp-job')
)
# 5.1 reads what a program writes in the code page of the console.
[Console]::OutputEncoding = [System.Text.UTF8Encoding]::new($false)
New-Item -ItemType Directory -Force -Path $Folder | Out-Null
$log = Join-Path $Folder 'last.log'
$results = Join-Path $Folder 'results.csv'
$report = Join-Path $Folder 'report.json'

# dyncamp.exe, or npm's dyncamp.cmd: its dyncamp.ps1 may be forbidden, and keeps the messages out of the log.
$program = Get-Command dyncamp -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
if (-not $program) {
  "There is no dyncamp in the PATH of this user, which is $env:Path (exit 127)" | Out-File -Encoding utf8 -FilePath $log
  exit 127
}
Set-Alias dyncamp $program.Source

dyncamp --profile $ProfileName --no-input add $Campaign -f $People --results $results --report $report --no-events 2>&1 |
  ForEach-Object { "$_" } | Out-File -Encoding utf8 -FilePath $log
$code = $LASTEXITCODE

$end = switch ($code) {
  0 { 'Done' }
  68 { "Some people could not be added; who and why: $results" }
  65 { "$People cannot be read, or not to its end; what was read before is done" }
  75 { 'Not finished; the next run finishes the work. Look into it after three in a row' }
  default { 'Stopped. What to do is in the hint above' }
}
"$end (exit $code)" | Out-File -Encoding utf8 -Append -FilePath $log
exit $code
