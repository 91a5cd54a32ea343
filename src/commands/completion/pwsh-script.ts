/** Completion for PowerShell. */
import { campaignPaths, choicesByFlag, type Node, wordsOf, wordsWithValue } from './command-tree.ts';

export function pwshScript(nodes: readonly Node[]): string {
  const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const entries = nodes.map((node) => `    ${quote(node.path)} = @(${wordsOf(node).split(' ').map(quote).join(', ')})`);
  const values = [...choicesByFlag(nodes)].map(
    ([word, choices]) => `    ${quote(word)} = @(${choices.map(quote).join(', ')})`,
  );
  return `# dyncamp completion for PowerShell
Register-ArgumentCompleter -Native -CommandName dyncamp -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $known = @{
${entries.join('\n')}
  }
  $values = @{
${values.join('\n')}
  }
  $campaignCommands = @(${campaignPaths(nodes).map(quote).join(', ')})
  $path = ''
  $positionals = 0
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($wordToComplete -ne '' -and $words.Count -gt 0) { $words = @($words | Select-Object -SkipLast 1) }
  $valueWords = @(${wordsWithValue(nodes).map(quote).join(', ')})
  $isValue = $false
  foreach ($word in $words) {
    if ($isValue) { $isValue = $false; continue }
    if ($word.StartsWith('-')) { $isValue = $valueWords -contains $word; continue }
    $next = ($path + ' ' + $word).Trim()
    if ($known.ContainsKey($next)) { $path = $next } else { $positionals++ }
  }
  $candidates = $known[$path]
  if ($words.Count -gt 0 -and $values.ContainsKey($words[-1])) { $candidates = $values[$words[-1]] }
  elseif ($positionals -eq 0 -and -not $wordToComplete.StartsWith('-') -and $campaignCommands -contains $path) {
    $chosen = @()
    $at = [array]::IndexOf($words, '--profile')
    if ($at -ge 0 -and $at + 1 -lt $words.Count) { $chosen = @('--profile', $words[$at + 1]) }
    $candidates = @(dyncamp @chosen __campaigns 2>$null | ForEach-Object { "'" + $_.Replace("'", "''") + "'" })
  }
  $candidates | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}
