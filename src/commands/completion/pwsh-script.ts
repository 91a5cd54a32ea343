/**
 * Completion for PowerShell 5 and later. What it leans on: the words before the cursor are those whose extent ends before it (about_Parsing,
 * CommandAst.CommandElements); a script block that gives nothing leaves the word to file completion (Register-ArgumentCompleter -Native).
 */
import { campaignPaths, choicesByFlag, type Node, wordsOf, wordsWithValue } from './command-tree.ts';

export function pwshScript(nodes: readonly Node[]): string {
  const entries = nodes.map((node) => `    ${quote(node.path)} = ${list(wordsOf(node).split(' '))}`);
  const values = [...choicesByFlag(nodes)].map(([word, choices]) => `    ${quote(word)} = ${list(choices)}`);
  return `# dyncamp completion for PowerShell
Register-ArgumentCompleter -Native -CommandName dyncamp -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $known = @{
${entries.join('\n')}
  }
  $values = @{
${values.join('\n')}
  }
  $campaignCommands = ${list(campaignPaths(nodes))}
  $valueWords = ${list(wordsWithValue(nodes))}
  # The words before the one that is being typed, without their quotes.
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object {
    if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.ToString() }
  })
  $path = ''
  $positionals = 0
  $isValue = $false
  $chosen = @()
  foreach ($word in $words) {
    if ($isValue) {
      $isValue = $false
      if ($chosen.Count -eq 1) { $chosen += $word }
      continue
    }
    if ($word.StartsWith('-')) {
      $isValue = $valueWords -ccontains $word
      if ($word -ceq '--profile') { $chosen = @($word) }
      if ($word.StartsWith('--profile=')) { $chosen = @('--profile', $word.Substring(10)) }
      continue
    }
    $next = ($path + ' ' + $word).Trim()
    if ($known.ContainsKey($next)) { $path = $next } else { $positionals++ }
  }
  $typed = $wordToComplete.TrimStart([char[]]@([char]39, [char]34))
  if ($isValue -and $values.ContainsKey($words[-1])) { $candidates = $values[$words[-1]] }
  elseif ($isValue) { return }
  elseif ($positionals -eq 0 -and -not $typed.StartsWith('-') -and $campaignCommands -ccontains $path) {
    $encoding = [Console]::OutputEncoding
    try { [Console]::OutputEncoding = New-Object System.Text.UTF8Encoding } catch { }
    $names = @(dyncamp @chosen __campaigns 2>$null)
    try { [Console]::OutputEncoding = $encoding } catch { }
    $names | Where-Object { $_ -and $_.StartsWith($typed, [StringComparison]::OrdinalIgnoreCase) } | ForEach-Object {
      $quoted = '''' + [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($_) + ''''
      [System.Management.Automation.CompletionResult]::new($quoted, $_, 'ParameterValue', $_)
    }
    return
  }
  else { $candidates = $known[$path] }
  $candidates | Where-Object { $_.StartsWith($typed, [StringComparison]::OrdinalIgnoreCase) } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const list = (texts: readonly string[]): string => `@(${texts.map(quote).join(', ')})`;
