// Steps a process with bpmn-engine: node npm.mjs GIVEN MODULES.  Prints the seconds, and whether it still runs.
// Its state goes to a plain file without the source, which costs it less than a database would.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';

const [given, modules] = process.argv.slice(2);
const require = createRequire(join(modules, 'x.js'));
const elements = require('bpmn-elements');
const { Engine } = require('bpmn-engine');
const { default: serializer, TypeResolver } = require('moddle-context-serializer');
const { BpmnModdle } = require('bpmn-moddle');

const { source, steps, state: path } = JSON.parse(readFileSync(given, 'utf8'));
const moddle = await new BpmnModdle().fromXML(source);
const sourceContext = (serializer.default ?? serializer)(moddle, TypeResolver(elements));

// the host keeps the routing values: bpmn-engine hands none of a called process to its caller
let known = {};
const services = { routing: (name) => known[name] ?? null };
const options = { name: 'daoru', sourceContext, services, settings: { disableTrackState: true } };

const begun = await new Engine(options).execute({ listener: new EventEmitter() });
store(begun);
begun.stop();

let running = true;
const started = performance.now();
for (const { id, timer, values } of steps) {
  const kept = JSON.parse(readFileSync(path, 'utf8'));
  known = { ...kept.known, ...values };
  const execution = await new Engine(options).recover(kept.state).resume({ listener: new EventEmitter() });
  if (timer) execution.cancelActivity({ id });
  else execution.getPostponed().find((waiting) => waiting.id === id).signal();
  store(execution);
  running = execution.isRunning;
  execution.stop();
}
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ seconds, running }));
process.exit(0);

function store(execution) {
  const state = execution.getState();
  for (const definition of state.definitions) delete definition.source;
  writeFileSync(path, JSON.stringify({ known, state }));
}
