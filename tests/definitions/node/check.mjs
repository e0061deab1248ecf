// Reads diagrams named on the command line: bpmnlint's recommended rules, and a bpmn-moddle round trip.
// Prints one JSON object: { file: [fault, …] }.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename } from 'node:path';

const require = createRequire(import.meta.url);
const { Linter } = require('bpmnlint');
const NodeResolver = require('bpmnlint/lib/resolver/node-resolver.js');
const { BpmnModdle } = await import('bpmn-moddle');

const linter = new Linter({ config: { extends: 'bpmnlint:recommended' }, resolver: new NodeResolver() });
const found = {};
for (const path of process.argv.slice(2)) {
  const moddle = new BpmnModdle();
  const { rootElement, warnings } = await moddle.fromXML(await readFile(path, 'utf8'));
  const faults = warnings.map((warning) => `moddle: ${warning.message}`);
  for (const [rule, reports] of Object.entries(await linter.lint(rootElement))) {
    faults.push(...reports.map((report) => `${rule}: ${report.id} ${report.message}`));
  }
  const { xml } = await moddle.toXML(rootElement);
  const again = await new BpmnModdle().fromXML(xml);
  const ids = (root) => JSON.stringify(Object.keys(root).length && collect(root));
  if (ids(rootElement) !== ids(again.rootElement)) faults.push('moddle: the round trip lost an element');
  found[basename(path)] = faults;
}
console.log(JSON.stringify(found));

function collect(root) {
  const seen = [];
  const visit = (element) => {
    if (element.id) seen.push(element.id);
    for (const child of [...(element.rootElements ?? []), ...(element.flowElements ?? [])]) visit(child);
  };
  visit(root);
  return seen.sort();
}
