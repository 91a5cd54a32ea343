# Takes the export of a Marketo static list into a campaign: List Actions > Export List, saved as CSV. Its headers are understood as they
# stand; what only Marketo has (scores and the like) is named once and left out.
#
#   $env:DYNCAMP_PROFILE = 'emulator'
#   .\04-marketo-static-list.ps1 "Spring Launch" .\04-marketo-static-list.csv
param(
  [Parameter(Mandatory = $true)] [string] $Campaign,
  [Parameter(Mandatory = $true)] [string] $List,
  [string] $Results = 'results.csv'
)
# What it stays if there is no such program.
$global:LASTEXITCODE = 127

# First what would happen: reads only.
$plan = 'plan-of-' + (Split-Path -Leaf $Results)
dyncamp add $Campaign -f $List --skip-opted-out --dry-run --results $plan
if ($LASTEXITCODE -notin 0, 68) { exit $LASTEXITCODE }

# Then for real. 68: some people cannot be added, e.g. rows without a last name; the others are.
dyncamp add $Campaign -f $List --skip-opted-out --results $Results
$code = $LASTEXITCODE
if ($code -eq 68) {
  Write-Host "Fix the failed rows in the in. columns of $Results, then: dyncamp add `"$Campaign`" -f `"$Results`" --only-failed"
}
exit $code
