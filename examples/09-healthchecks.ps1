# Runs a command of dyncamp and tells healthchecks.io (or a server of your own) how it ended, with the counts of its report.
#
#   $env:HC_PING_URL = 'https://hc-ping.com/your-uuid'
#   .\09-healthchecks.ps1 add "Spring Launch" -f people.csv --results results.csv --no-events
#
# 0 is a success. 75 is only logged: the next run finishes the work, and if none does, the check's grace time is over. Everything
# else is a failure with its exit code. The report has counts and the campaign's name, no addresses.
if (-not $env:HC_PING_URL) { throw 'HC_PING_URL is not set: the ping URL of the check' }
$report = Join-Path ([System.IO.Path]::GetTempPath()) "dyncamp-$PID.json"

# A monitor that cannot be reached must not keep the job from running.
function Send-Ping([string] $End, [string] $Body) {
  foreach ($attempt in 1..3) {
    try {
      Invoke-RestMethod -Uri "$env:HC_PING_URL/$End" -Method Post -Body $Body -ContentType 'application/json; charset=utf-8' -TimeoutSec 10 |
        Out-Null
      return
    } catch {
      $failure = $_
    }
  }
  Write-Host "The monitor did not answer: $failure"
}

Send-Ping 'start' ''
# What it stays if there is no such program.
$global:LASTEXITCODE = 127
dyncamp @args --report $report
$code = $LASTEXITCODE
# There is none where the command line was wrong, or the program is missing.
$body = "no report, exit code $code"
if (Test-Path $report) {
  $body = Get-Content -Raw -Encoding UTF8 $report
  Remove-Item $report
}
$end = if ($code -eq 75) { 'log' } else { "$code" }
Send-Ping $end $body
exit $code
