// Trains the recipe vae on the digits that come along, and shows the plane of its codes.
import { loadModel, manifold, train } from 'hourglass/web';

const SIDE = 20;
const epochs = Number(new URLSearchParams(location.search).get('epochs') ?? 10);
const [button, stopButton, state, canvas] = ['train', 'stop', 'state', 'plane'].map((id) =>
  document.getElementById(id),
);

/** Says in words what happens. */
function follow(event) {
  if (event.type === 'step') {
    const { epoch, step, steps, trainingLoss } = event;
    state.value = `epoch ${epoch} of ${epochs}, step ${step} of ${steps}: loss ${trainingLoss.toFixed(1)}`;
  } else if (event.type === 'evaluating') state.value = 'measuring the model on 1,000 test digits …';
}

/** Draws SIDE × SIDE images of 28 × 28 next to one another. */
function draw({ data }) {
  const context = canvas.getContext('2d');
  for (let i = 0; i < SIDE * SIDE; i++) {
    const picture = context.createImageData(28, 28);
    for (let pixel = 0; pixel < 784; pixel++) {
      const value = 255 * data[784 * i + pixel];
      picture.data.set([value, value, value, 255], 4 * pixel);
    }
    context.putImageData(picture, 28 * (i % SIDE), 28 * Math.floor(i / SIDE));
  }
}

button.addEventListener('click', async () => {
  const stop = new AbortController();
  stopButton.addEventListener('click', () => stop.abort(), { once: true });
  [button.disabled, stopButton.disabled] = [true, false];
  try {
    const run = await train('vae', { data: 'mnist-10k', epochs, onEvent: follow, signal: stop.signal });
    if (run.status === 'stopped') {
      state.value = 'stopped';
      return;
    }
    const model = await loadModel(run.model);
    draw((await manifold(model, SIDE)).images);
    await model.dispose();
    state.value = run.evaluation.diagnosis.verdict;
  } catch (error) {
    state.value = error.message;
  } finally {
    [button.disabled, stopButton.disabled] = [false, true];
  }
});
