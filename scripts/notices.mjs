// What a package with other packages inside owes its users, made from the bundle's metafile, so that nothing is named that is not in it:
// THIRD-PARTY-NOTICES.txt has the licence text of each, sbom.cdx.json (CycloneDX) lists them, and what is installed beside.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Software inside a package that brings no licence text for it: files of LICENSES/. */
const INSIDE = { undici: ['llhttp.MIT.txt'] };

/** The folder of the innermost package, from its outermost node_modules on: a key of package-lock.json. */
const PACKAGE = /node_modules\/(?:(?:@[^/]+\/)?[^/]+\/node_modules\/)*(?:@[^/]+\/)?[^/]+/;

const folderOf = (path) => PACKAGE.exec(path)?.[0];
const json = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));

/** Writes both files. `metafile` is what esbuild gives; package-lock.json has versions, licences and checksums. */
export function writeNotices(root, metafile) {
  const lock = json(root, 'package-lock.json').packages;
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => folderOf(path));
  // The same version may stand in several folders.
  const byName = new Map(used.filter(Boolean).map((folder) => [refOf(lock, folder), folder]));
  const bundled = [...byName.values()].sort();
  writeFileSync(join(root, 'THIRD-PARTY-NOTICES.txt'), noticesOf(root, bundled));
  writeFileSync(join(root, 'sbom.cdx.json'), `${JSON.stringify(billOf(lock, bundled, metafile), undefined, 2)}\n`);
}

function noticesOf(root, bundled) {
  const read = (...path) => readFileSync(join(root, ...path), 'utf8').trim();
  const texts = bundled.map((folder) => {
    const { name, version, license, author } = json(root, folder, 'package.json');
    const files = readdirSync(join(root, folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
    const own =
      files.length > 0
        ? files.map((file) => read(folder, file))
        : [`Copyright (c) ${author?.name ?? author}`, read('LICENSES', `${license}.txt`)];
    const inside =
      INSIDE[name]?.flatMap((file) => [`It contains ${file.split('.')[0]}:`, read('LICENSES', file)]) ?? [];
    return [`${name} ${version} (${license})`, ...own, ...inside].join('\n\n');
  });
  return `dyncamp contains these packages, each under its licence:\n\n${texts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

const nameOf = (folder) => folder.replace(/.*node_modules\//, '');
const refOf = (lock, folder) => `${nameOf(folder) || 'dyncamp'}@${lock[folder].version}`;

function billOf(lock, bundled, metafile) {
  const installed = installedWith(lock);
  const beside = [...new Set(installed.map(([, to]) => to))].sort();
  // Who imports whom, as far as it is in the bundle. '' is dyncamp itself.
  const imports = Object.entries(metafile.inputs).flatMap(([path, input]) =>
    input.imports.map((each) => [folderOf(path) ?? '', folderOf(each.path)]),
  );
  const uses = [...imports.filter(([, to]) => to !== undefined), ...installed]
    .map((pair) => pair.map((folder) => refOf(lock, folder)))
    .filter(([from, to]) => from !== to);
  const all = ['', ...bundled, ...beside].map((folder) => refOf(lock, folder));
  const { version, license } = lock[''];
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    // Neither a time nor a serial number: the same sources give the same file.
    metadata: {
      lifecycles: [{ phase: 'build' }],
      component: {
        type: 'application',
        'bom-ref': refOf(lock, ''),
        name: 'dyncamp',
        version,
        licenses: [{ license: { id: license } }],
        purl: `pkg:npm/dyncamp@${version}`,
      },
    },
    components: [
      ...bundled.map((folder) => componentOf(lock, folder, true)),
      ...beside.map((folder) => componentOf(lock, folder, false)),
    ],
    dependencies: all.map((ref) => ({
      ref,
      dependsOn: [...new Set(uses.filter(([from, to]) => from === ref && all.includes(to)).map(([, to]) => to))].sort(),
    })),
  };
}

/** What npm installs beside the package: what package.json names, and what that needs; as pairs of folders, who needs whom. */
function installedWith(lock) {
  const pairs = [];
  const open = [''];
  for (let from = open.pop(); from !== undefined; from = open.pop()) {
    for (const name of Object.keys({ ...lock[from].dependencies, ...lock[from].optionalDependencies })) {
      const to = `node_modules/${name}`;
      if (!pairs.some(([, known]) => known === to)) open.push(to);
      pairs.push([from, to]);
    }
  }
  return pairs;
}

function componentOf(lock, folder, isBundled) {
  const { version, license, integrity, optional = false } = lock[folder];
  return {
    type: 'library',
    'bom-ref': refOf(lock, folder),
    name: nameOf(folder),
    version,
    scope: optional ? 'optional' : 'required',
    hashes: [{ alg: 'SHA-512', content: Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex') }],
    licenses: [/^[\w.+-]+$/.test(license) ? { license: { id: license } } : { expression: license }],
    purl: `pkg:npm/${nameOf(folder).replace('@', '%40')}@${version}`,
    properties: [{ name: 'cdx:npm:package:bundled', value: String(isBundled) }],
  };
}
