import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asyncLocalStorage } from '@temporalio/activity';
import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { AgentError } from '@opencomputer/contracts';
import { createActivities } from './activities.ts';
import { createScriptedSteps } from './fixtures/scripted-steps.ts';

function within<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  const context = { cancellationSignal: signal, heartbeat: () => undefined };
  return asyncLocalStorage.run(context as unknown as Context, work);
}

const alive = new AbortController().signal;
const silent = (): void => undefined;

test('a failure has the code of its error, which tells whether it is tried again', async () => {
  const steps = {
    ...createScriptedSteps(),
    next: () => Promise.reject(new AgentError('STORE_FAILED', { problem: 'it is gone' })),
  };
  const activities = createActivities(steps, silent);
  await assert.rejects(
    within(alive, () => activities.next('c')),
    (error) => error instanceof ApplicationFailure && error.type === 'STORE_FAILED',
  );
});

test('a fault that is no error of the table is told to the operator', async () => {
  const told: string[] = [];
  const steps = { ...createScriptedSteps(), next: () => Promise.reject(new Error('planted')) };
  const activities = createActivities(steps, (_, about) => told.push(about));
  await assert.rejects(
    within(alive, () => activities.next('c')),
    (error) => error instanceof ApplicationFailure && error.type === 'INTERNAL',
  );
  assert.deepEqual(told, ['next']);
});

test('an answer of a model that a stop cut short is no answer', async () => {
  const steps = createScriptedSteps();
  const turn = steps.accept('c', { text: 'a', answers: ['b'] });
  const activities = createActivities(steps, silent);
  const { record } = await within(alive, () => activities.begin(turn));
  assert.equal(record.length, 1);
  const step = { turn, unrecorded: { from: 1, inputs: [] }, work: { type: 'model' } } as const;
  const answer = await within(alive, () => activities.callModel(step));
  assert.equal(answer.input.type, 'model-finish');
  await assert.rejects(
    within(AbortSignal.abort(), () => activities.callModel(step)),
    (error) => error instanceof ApplicationFailure && error.type === 'SERVICE_STOPPING',
  );
});
