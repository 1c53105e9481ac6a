// What the curves need of echarts: see scripts/assets.js.
import { use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import 'echarts/lib/chart/line.js';
import 'echarts/lib/component/gridSimple.js';

use([SVGRenderer]);

export { init } from 'echarts/core';
