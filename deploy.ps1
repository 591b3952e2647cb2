# Brings Copse to the cluster that kubectl is set to; ./deploy.ps1 --help tells how.
$ErrorActionPreference = 'Stop'

$root = $PSScriptRoot
$node = Join-Path $root 'node_modules/node/bin/node'
if ($IsWindows -or $env:OS -eq 'Windows_NT') { $node = "$node.exe" }
if (-not (Get-Command npx -ErrorAction SilentlyContinue)) {
    [Console]::Error.WriteLine('deploy.ps1 needs Node 20 or later with npm on PATH.')
    exit 1
}
$lock = Join-Path $root 'pnpm-lock.yaml'
$state = Join-Path $root 'node_modules/.modules.yaml'
$ready = (Test-Path $node) -and (Test-Path (Join-Path $root 'infra/deploy/node_modules')) -and (Test-Path $state)
if (-not $ready -or (Get-Item $lock).LastWriteTime -gt (Get-Item $state).LastWriteTime) {
    [Console]::Error.WriteLine('Installing what the deployment needs, once...')
    Push-Location $root
    try {
        npx --yes pnpm@12 install --frozen-lockfile | ForEach-Object { [Console]::Error.WriteLine($_) }
        if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
    }
    finally {
        Pop-Location
    }
}
# kubectl compares with the program diff, which Windows has only with Git.
if (($IsWindows -or $env:OS -eq 'Windows_NT') -and -not (Get-Command diff -CommandType Application -ErrorAction SilentlyContinue)) {
    $git = Get-Command git -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
    if ($git) { $env:PATH += ';' + (Join-Path (Split-Path (Split-Path $git.Source)) 'usr\bin') }
}
& $node (Join-Path $root 'infra/deploy/src/main.ts') @args
exit $LASTEXITCODE
