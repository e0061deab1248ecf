// Renders with docxtemplater: node docxtemplater.mjs GIVEN MODULES.  Prints seconds a document, by round.
// It opens its file anew for each document, as it has no other way.  A code is drawn by the fastest library that we
// found, and put into the file in place of the template's picture: inserting pictures is not part of what is free.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

const [given, modules] = process.argv.slice(2);
const require = createRequire(join(modules, 'x.js'));
const PizZip = require('pizzip');
const Docxtemplater = require('docxtemplater');
const { generate, correction, mode } = require('lean-qr');

const { template, made, values, code, rounds, times } = JSON.parse(readFileSync(given, 'utf8'));
const content = readFileSync(template);
const SCALE = 8, QUIET = 4;
const QR = {
  minCorrectionLevel: correction.M, maxCorrectionLevel: correction.M, modes: [mode.iso8859_1], mask: code.mask,
};

function render() {
  const document = new Docxtemplater(new PizZip(content), { linebreaks: true });
  document.render(values);
  const zip = document.getZip();
  for (const part of code.parts) zip.file(part, picture(code.text));
  return zip.generate({ type: 'nodebuffer', compression: 'DEFLATE' });
}

// a PNG of one bit a pixel, a module a byte of eight, as ours
function picture(text) {
  const drawn = generate(text, QR), side = drawn.size + 2 * QUIET;
  const rows = Buffer.alloc((side + 1) * side * SCALE);
  for (let y = 0; y < side; y += 1) {
    const row = y * SCALE * (side + 1);
    for (let x = 0; x < side; x += 1) rows[row + 1 + x] = drawn.get(x - QUIET, y - QUIET) ? 0 : 255;
    for (let again = 1; again < SCALE; again += 1) rows[row + again * (side + 1)] = 2;
  }
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  header.writeUInt32BE(side * SCALE, 0);
  header.writeUInt32BE(side * SCALE, 4);
  const chunks = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows, { level: 1 })), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks]);
}

function chunk(kind, data) {
  const made = Buffer.alloc(data.length + 12);
  made.writeUInt32BE(data.length, 0);
  made.write(kind, 4, 'latin1');
  data.copy(made, 8);
  made.writeUInt32BE(crc32(made.subarray(4, data.length + 8)), data.length + 8);
  return made;
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
