// Renders with docxtemplater: node docxtemplater.mjs GIVEN MODULES.  Prints seconds a document, by round.
// It opens its file anew for each document, as it has no other way.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [given, modules] = process.argv.slice(2);
const require = createRequire(join(modules, 'x.js'));
const PizZip = require('pizzip');
const Docxtemplater = require('docxtemplater');

const { template, made, values, rounds, times } = JSON.parse(readFileSync(given, 'utf8'));
const content = readFileSync(template);

function render() {
  const document = new Docxtemplater(new PizZip(content), { linebreaks: true });
  document.render(values);
  return document.getZip().generate({ type: 'nodebuffer', compression: 'DEFLATE' });
}

// until what it runs is compiled
const warm = performance.now() + 2000;
while (performance.now() < warm) render();
writeFileSync(made, render());
const took = [];
for (let round = 0; round < rounds; round += 1) {
  const started = performance.now();
  for (let time = 0; time < times; time += 1) render();
  took.push((performance.now() - started) / 1000 / times);
}
console.log(JSON.stringify(took));
