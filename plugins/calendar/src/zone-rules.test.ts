import assert from 'node:assert/strict';
import { test } from 'node:test';
import ICAL from 'ical.js';
import { zoneOffset } from '@opencomputer/plugin/time';
import { zoneComponent } from './zone-rules.ts';

const span = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2030, 0, 1) };

test('another reader gets the same offsets from the written zone, hour by hour', () => {
  for (const timeZone of [
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kolkata',
  ]) {
    const zone = new ICAL.Timezone(zoneComponent(timeZone, span));
    for (let at = span.from; at < span.to; at += 7 * 3_600_000) {
      const offset = zoneOffset(at, timeZone);
      const wall = new Date(at + offset);
      const near = [-3, 3].map((hours) => zoneOffset(at + hours * 3_600_000, timeZone));
      if (near.some((other) => other !== offset)) continue;
      const time = ICAL.Time.fromData({
        year: wall.getUTCFullYear(),
        month: wall.getUTCMonth() + 1,
        day: wall.getUTCDate(),
        hour: wall.getUTCHours(),
        minute: wall.getUTCMinutes(),
        second: wall.getUTCSeconds(),
      });
      assert.equal(zone.utcOffset(time) * 1000, offset, `${timeZone} ${wall.toISOString()}`);
    }
  }
});

test('a zone without changes has one observance', () => {
  const zone = zoneComponent('Asia/Kolkata', span);
  assert.equal(zone.getAllSubcomponents().length, 1);
  assert.match(zone.toString(), /TZOFFSETTO:\+0530/);
});
