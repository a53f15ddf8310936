/** Instructions that build lists, tuples, dicts and sets, and those of stack and memo. @module */

import { costs, type Machine } from "./machine.ts";
import type { Opcodes } from "./value_opcodes.ts";
import { describe, type PickleValue, Tuple } from "./values.ts";

/** Those of this module. */
export const containerOpcodes: Opcodes = {
  0x28: (m) => m.mark(), // MARK
  0x30: pop,
  0x31: (m) => void m.popMark(), // POP_MARK
  0x32: (m) => m.push(m.top()), // DUP

  0x5d: (m) => m.push([], costs.container), // EMPTY_LIST
  0x6c: (m) => pushList(m, m.popMark()), // LIST
  0x61: append,
  0x65: (m) => extend(m, m.popMark()), // APPENDS

  0x29: (m) => m.push(new Tuple(), costs.container), // EMPTY_TUPLE
  0x74: (m) => pushTuple(m, m.popMark()), // TUPLE
  0x85: (m) => pushTuple(m, [m.pop()]), // TUPLE1
  0x86: (m) => pushTuple(m, [m.pop(), m.pop()].reverse()), // TUPLE2
  0x87: (m) => pushTuple(m, [m.pop(), m.pop(), m.pop()].reverse()), // TUPLE3

  0x7d: (m) => m.push(new Map(), costs.container), // EMPTY_DICT
  0x64: dict,
  0x73: setItem,
  0x75: (m) => setItems(m, m.popMark()), // SETITEMS

  0x8f: (m) => m.push(new Set(), costs.container), // EMPTY_SET
  0x90: (m) => addItems(m, m.popMark()), // ADDITEMS
  0x91: frozenSet,

  0x70: (m) => store(m, memoNumber(m)), // PUT
  0x71: (m) => store(m, m.cursor.uint8()), // BINPUT
  0x72: (m) => store(m, m.cursor.uint32()), // LONG_BINPUT
  0x94: (m) => store(m, m.memo.size), // MEMOIZE
  0x67: (m) => recall(m, memoNumber(m)), // GET
  0x68: (m) => recall(m, m.cursor.uint8()), // BINGET
  0x6a: (m) => recall(m, m.cursor.uint32()), // LONG_BINGET
};

// POP: above a mark a value, else the mark.
function pop(machine: Machine): void {
  if (machine.depth > 0) machine.pop();
  else machine.popMark();
}

function isList(value: PickleValue): value is PickleValue[] {
  return Array.isArray(value) && !(value instanceof Tuple);
}

function pushList(machine: Machine, items: PickleValue[]): void {
  machine.push(items, costs.container);
}

function append(machine: Machine): void {
  const item = machine.pop();
  machine.topOf(isList, "a list").push(item);
}

function extend(machine: Machine, items: readonly PickleValue[]): void {
  const list = machine.topOf(isList, "a list");
  for (const item of items) list.push(item);
}

function pushTuple(machine: Machine, items: readonly PickleValue[]): void {
  const tuple = new Tuple();
  for (const item of items) tuple.push(item);
  machine.push(tuple, costs.container);
}

const isDict = (value: PickleValue) => value instanceof Map;
const isSet = (value: PickleValue) => value instanceof Set;

function assertKey(machine: Machine, key: PickleValue): void {
  if (isList(key) || isDict(key) || isSet(key)) {
    throw machine.error("a key that cannot change", describe(key));
  }
}

// DICT
function dict(machine: Machine): void {
  const items = machine.popMark();
  machine.push(new Map(), costs.container);
  setItems(machine, items);
}

// SETITEM
function setItem(machine: Machine): void {
  const value = machine.pop();
  setItems(machine, [machine.pop(), value]);
}

function setItems(machine: Machine, items: readonly PickleValue[]): void {
  const map = machine.topOf(isDict, "a dict");
  if (items.length % 2 === 1) throw machine.error("a value for each key", "a key without one");
  for (let i = 0; i < items.length; i += 2) {
    assertKey(machine, items[i]!);
    machine.charge(costs.entry);
    map.set(items[i]!, items[i + 1]!);
  }
}

function addItems(machine: Machine, items: readonly PickleValue[]): void {
  const set = machine.topOf(isSet, "a set");
  for (const item of items) {
    assertKey(machine, item);
    machine.charge(costs.entry);
    set.add(item);
  }
}

// FROZENSET
function frozenSet(machine: Machine): void {
  const items = machine.popMark();
  machine.push(new Set(), costs.container);
  addItems(machine, items);
}

function memoNumber(machine: Machine): number {
  const text = String.fromCharCode(...machine.cursor.line(20));
  if (/^\d+$/.test(text)) return Number(text);
  throw machine.error("a number of the memo", JSON.stringify(text));
}

function store(machine: Machine, number: number): void {
  machine.charge(costs.entry);
  machine.memo.set(number, machine.top());
}

function recall(machine: Machine, number: number): void {
  const value = machine.memo.get(number);
  if (value === undefined) throw machine.error("a value of the memo", `none at ${number}`);
  machine.push(value);
}
