// Reads Word files named on the command line with the validator of Microsoft's Open XML SDK.
// Prints one JSON object: { file: [fault, …] }.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import validate from '@ooxml-tools/validate';

const found = {};
for (const path of process.argv.slice(2)) {
  const faults = await validate(await readFile(path), 'docx', 'Microsoft365');
  found[basename(path)] = faults.map((fault) => `${fault.path.partUri} ${fault.path.xpath}: ${fault.description}`);
}
process.stdout.write(JSON.stringify(found), () => process.exit(0));
